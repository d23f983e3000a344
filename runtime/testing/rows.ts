import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { insertBot, type NewBot } from '../../db/bots.ts';
import type { Bot } from '../../db/models/bot.ts';
import { ExchangeAccount } from '../../db/models/exchange-account.ts';
import { User } from '../../db/models/user.ts';

/** A ping-pong bot on BTC/USDT with an owner and an account (whose sealed credentials cannot be opened). */
export async function botWithAccount(
  knex: Knex,
  columns: Partial<NewBot> = {},
): Promise<{ bot: Bot; account: ExchangeAccount }> {
  const user = await User.query(knex).insert({ name: 'Owner' }).returning('*');
  const account = await ExchangeAccount.query(knex)
    .insert({
      user_id: user.id,
      exchange: 'Binance',
      label: `paper ${randomUUID()}`,
      kind: 'paper',
      api_key_last4: 'abcd',
      sealed: Buffer.from('sealed'),
      sealed_key_id: 'key',
      permissions: ['trade'],
    })
    .returning('*');
  const bot = await insertBot(
    knex,
    { ...PING_PONG, user_id: user.id, exchange_account_id: account.id, ...columns },
    ROOM,
  );
  if (!bot) throw new Error('no room for the bot');
  return { bot, account };
}

const ROOM = { maxBots: 100 };

/** A valid row of the ping-pong strategy, without an owner. */
export const PING_PONG: NewBot = {
  ticker: 'BTC/USDT',
  exchange: 'Binance',
  first_order: 'BUY',
  quantity: '0.02',
  buy_price: '45000',
  sell_price: '46000',
};
