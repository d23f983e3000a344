import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { Bot } from '../../db/models/bot.ts';
import { Trade } from '../../db/models/trade.ts';
import { createRandom } from '../../exchanges/simulated/prices/random.ts';
import type { BotAddress } from '../../workflows/client.ts';
import { startStack, type Stack } from '../testing/stack.ts';
import { EXAMPLE } from '../testing/steps.ts';
import { atRest, furtherRound } from './case.ts';
import { inspect } from './inspection.ts';
import { keptPostgres, keptTemporal, type KeptServer } from './kept-servers.ts';
import { insist, startMarket, VENUE_TIMING } from './weather.ts';
import { startWorker } from './worker-process.ts';

const OUTAGES = 2;

test.serial(
  'P7: a Temporal server killed while bots trade is a 503 to commands, and bots go on when it is back',
  async (t) => {
    const server = await keptTemporal(t);
    const stack = await startStack(t, { worker: false, temporal: server, impatient: true });
    await tradeThrough(t, stack, server, (bot) => `/api/v1/bots/${bot.botId}/pause`);
  },
);

test.serial(
  'P7: a PostgreSQL stopped at once while bots trade is a 503 to everybody, and bots go on when it is back',
  async (t) => {
    const server = await keptPostgres(t);
    const stack = await startStack(t, { worker: false, postgres: server, impatient: true });
    await tradeThrough(t, stack, server, (bot) => `/api/v1/bots/${bot.botId}/pause`);
  },
);

/** The server is taken away again and again under the same worker; the record must agree with the venue at the end. */
async function tradeThrough(
  t: ExecutionContext,
  stack: Stack,
  server: KeptServer,
  command: (bot: BotAddress) => string,
): Promise<void> {
  const { knex, until, api } = stack;
  const worker = await startWorker(t, stack, { timing: VENUE_TIMING });
  let died = false;
  void worker.exited.then(() => (died = true));
  const bots = await Promise.all([
    stack.addBot({ ...EXAMPLE, infinite_loop: true }),
    stack.addBot({ ...EXAMPLE, first_order: 'SELL', infinite_loop: true }),
  ]);
  const start = () => ({ name: 'start', commandId: randomUUID() }) as const;
  await Promise.all(bots.map((bot) => insist(stack.bots, bot, start())));
  const market = startMarket(stack, createRandom(1, t.title));
  t.teardown(() => market.stop());
  for (let outage = 1; outage <= OUTAGES; outage += 1) {
    await furtherRound(stack, bots);
    await server.kill();
    const asked = Date.now();
    const answer = await fetch(api.url + command(bots[0]!), { method: 'POST' });
    t.is(answer.status, 503);
    t.truthy(answer.headers.get('retry-after'));
    const answered = Date.now();
    await server.start();
    const back = Date.now();
    await until('commands to be carried out again', async () => {
      const { status } = await fetch(api.url + command(bots[0]!), { method: 'POST' });
      return status === 200;
    });
    t.is((await Bot.query(knex).findById(bots[0]!.botId))?.status, 'PAUSED');
    const commanded = Date.now();
    await furtherRound(stack, bots);
    t.log(
      `outage ${outage}: 503 after ${answered - asked} ms; back: a command after ${commanded - back} ms, ` +
        `a round trip of every bot after ${Date.now() - back} ms`,
    );
  }
  await market.stop();
  await Promise.all(bots.map((bot) => atRest(stack, bot)));
  t.deepEqual(await inspect(stack), { doubled: 0, lost: 0, wrong: [] });
  t.true((await Trade.query(knex).resultSize()) >= bots.length * 2 * OUTAGES);
  t.false(died, 'the worker outlived the outages');
}
