import test from 'ava';
import { startStack } from '../../../runtime/testing/stack.ts';
import { EXAMPLE, type BotBody } from '../../testing/example.ts';
import { signedIn } from '../../testing/identity.ts';
import { PLAIN } from '../../testing/real-bots.ts';
import { callerOf } from '../../testing/start-api.ts';

test('A bot without keys says what to add, and trades once they are added, and once they are deleted and added again', async (t) => {
  const stack = await startStack(t, { settings: { authRequired: true } });
  const { until, exchange, knex } = stack;
  const call = callerOf(stack.api.url);
  const [ada, eve] = await Promise.all(
    ['ada', 'eve'].map(async (name) => {
      const { headers } = await signedIn(call, `${name}@example.com`);
      const { status, body, text } = await call<BotBody>(
        'POST',
        '/api/v1/bots/',
        { ...EXAMPLE, ...PLAIN },
        headers,
      );
      t.is(status, 201, text);
      const bot = await until(`${name}'s bot to fail`, () =>
        knex('bots')
          .where({ id: body.id, status: 'ERROR' })
          .first<{ id: string; error: string } | undefined>(),
      );
      return { headers, bot };
    }),
  );
  const { headers, bot } = ada!;
  t.regex(bot.error, /^No account for Binance: add keys under \/account\/api-keys, then start the bot\./);
  t.regex(bot.error, /"kind": "paper"/);

  const accountOf = async (id: string): Promise<string | null> =>
    (await knex('bots').where({ id }).first('exchange_account_id')).exchange_account_id;
  const accounts: (string | null)[] = [];
  for (const _ of ['added', 'added again']) {
    const added = await call('POST', '/account/api-keys', { exchange: 'Binance', kind: 'paper' }, headers);
    t.is(added.status, 201, added.text);
    accounts.push(await accountOf(bot.id));
    t.is((await call('POST', `/api/v1/bots/${bot.id}/start`, undefined, headers)).status, 200);
    await until('an order', () => knex('orders').where({ bot_id: bot.id, status: 'OPEN' }).first());
    t.like(await knex('bots').where({ id: bot.id }).first(), { status: 'ACTIVE', error: null });
    t.is((await call('POST', `/api/v1/bots/${bot.id}/stop`, undefined, headers)).status, 200);
    await until('the keys to be free', async () => {
      const { status } = await call('DELETE', '/account/api-keys/Binance', undefined, headers);
      return status === 200;
    });
    t.is(await accountOf(bot.id), null);
  }
  t.is(new Set(accounts).size, 2);
  for (const id of accounts) t.is(exchange.engine.account(id!), null);
  t.is(await accountOf(eve!.bot.id), null);
});
