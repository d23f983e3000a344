import { clientOrderId } from '../../bots/ids.ts';
import { Decimal, type Amount } from '../../bots/money.ts';
import type { PlaceIntent, Side } from '../../bots/orders.ts';
import type { Reason } from '../../bots/strategy.ts';
import { BotSessionState } from '../../db/models/bot-session-state.ts';
import { OrderIntent } from '../../db/models/order-intent.ts';
import type { BotAddress } from '../../workflows/client.ts';
import { botWorkflowId, QUERIES, type StatusView } from '../../workflows/messages.ts';
import type { Stack } from './stack.ts';

/** What a fault must match to strike the sending of an order. */
export const SENDING = { method: 'POST', path: '/api/v3/order' };

/** With what every client order id of a bot begins. */
export function idPrefix({ botId }: BotAddress): string {
  return clientOrderId({ botId, cycle: 0, leg: 'main', sequence: 0 }).split('-', 1).join('') + '-';
}

/** The client order ids of a bot that the exchange accepted, oldest first; one that it accepted twice is there twice. */
export function acceptedIds({ exchange, account }: Stack, bot: BotAddress): string[] {
  const byId = exchange.control.effects(account.id).accounts[account.id] ?? {};
  return Object.entries(byId)
    .filter(([id]) => id.startsWith(idPrefix(bot)))
    .flatMap(([id, orders]) => orders.map(() => id));
}

/** A buy that rests below the market of a fresh stack. */
export const RESTING_BUY: PlaceIntent = {
  kind: 'place',
  leg: 'main',
  cycle: 1,
  side: 'BUY',
  type: 'LIMIT',
  quantity: '0.01',
  price: '45000',
  reduceOnly: false,
};

/** How often an order of the bot reached the exchange, accepted or not. */
export function sends({ exchange }: Stack, bot: BotAddress): number {
  return exchange.control
    .requests(0)
    .filter(({ method, clientOrderId: id }) => method === 'POST' && id?.startsWith(idPrefix(bot))).length;
}

/** A bot's intents, oldest first. */
export async function intentsOf({ knex }: Stack, { botId }: BotAddress): Promise<OrderIntent[]> {
  return OrderIntent.query(knex).where({ bot_id: botId }).orderBy('sequence');
}

/**
 * Something happens `meanwhile`: after the bot, which has seen the price `from`, decided on an order and before its intent is
 * committed, for its sending cannot read the account.
 */
export async function betweenIntentAndSend(
  { knex, temporal, until }: Stack,
  { botId }: BotAddress,
  { from, decide, meanwhile }: { from: Amount; decide: () => void; meanwhile: () => Promise<void> },
): Promise<void> {
  const handle = temporal.client.workflow.getHandle(botWorkflowId(botId));
  // A first watch ends when it has something to say; the next one goes on until it decides.
  await until(`the bot to have told its reasons and to watch on at ${from}`, async () => {
    const reasons = await handle.query<Reason[]>(QUERIES.reasons);
    const { turn } = await handle.query<StatusView>(QUERIES.status);
    const saved = BotSessionState.query(knex).findOne({ bot_id: botId, turn, last_price: from });
    return reasons.length > 0 && saved;
  });
  await knex.transaction(async (tx) => {
    await tx.raw('LOCK TABLE exchange_accounts IN ACCESS EXCLUSIVE MODE');
    decide();
    await until('the order to be about to be sent', async () => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'place');
    });
    await meanwhile();
  });
}

/** Somebody else takes what rests better than `price`, then `quantity` of what rests at it, and no more. */
export function tradeAgainst({ exchange }: Stack, side: Side, price: Amount, quantity: Amount): void {
  const { engine, control } = exchange;
  const { bids, asks } = engine.depth('BTCUSDT', 1_000);
  const better = (side === 'SELL' ? bids : asks).filter(([at]) =>
    side === 'SELL' ? new Decimal(at).gt(price) : new Decimal(at).lt(price),
  );
  const before = better.reduce((sum, [, each]) => sum.add(each), new Decimal(0));
  control.openAccount({
    id: 'stranger',
    keys: [],
    balances: { BTC: '1000000', USDT: '100000000000' },
    makerFee: '0',
    takerFee: '0',
    feeAsset: 'quote',
  });
  engine.submit('stranger', {
    symbol: 'BTCUSDT',
    side,
    type: 'LIMIT',
    timeInForce: 'IOC',
    clientOrderId: `stranger-${Date.now()}`,
    quantity: before.add(quantity).toFixed(),
    quoteQuantity: null,
    price,
    stopPrice: null,
  });
}
