import type { Knex } from 'knex';
import { pino } from 'pino';
import { signedIn, testIdentity } from '../api/testing/identity.ts';
import { startApi } from '../api/testing/start-api.ts';
import { recordValuation } from '../db/fund/nav-history.ts';
import { keepWorker } from '../db/workers.ts';
import { freshDatabase, startTestPostgres } from '../runtime/testing/database.ts';
import { addFundBot } from '../runtime/testing/fund.ts';
import { scoped } from '../runtime/testing/scoped.ts';
import { loadOf } from './load.ts';
import type { Figure, Measurement } from './measurement.ts';

const CONNECTIONS = 4;
const SECONDS = 4;
const WARM_UP_S = 1;
/** More than a year of the most that is asked of the bot. */
const TRADES = 20_000;

/** Point 48 of the fund's contract: half of the answers within 100 ms, all but one in a hundred within 500, none failed. */
export const fundReads: Measurement = {
  name: 'fund-reads',
  what: `each GET of the fund's bot, ${TRADES} trades there, as fast as ${CONNECTIONS} connections ask`,
  async run(say) {
    const server = await startTestPostgres();
    try {
      return await scoped(async (t) => {
        const { knex } = await freshDatabase(t, { own: server });
        const identity = testIdentity();
        const log = pino({ level: 'info' }, { write: () => undefined });
        const overrides = { knex, identity, log, checkAnswers: false };
        const { url, call } = await startApi(t, { authRequired: true }, overrides);
        await fill(knex);
        const { headers } = await signedIn(call, 'bench@example.com');
        const figures: Figure[] = [];
        for (const path of ['status', 'health', 'performance', 'trades?limit=50', 'portfolio']) {
          const load = { url: `${url}/api/v1/bot/${path}`, headers, connections: CONNECTIONS };
          await loadOf({ ...load, seconds: WARM_UP_S });
          const { p50, p99, requestsPerSecond } = await loadOf({ ...load, seconds: SECONDS });
          say(`${path}: ${requestsPerSecond.toFixed(0)}/s`);
          figures.push(
            { name: `GET /bot/${path}, p50`, value: p50, unit: 'ms', bound: { atMost: 100 } },
            { name: `GET /bot/${path}, p99`, value: p99, unit: 'ms', bound: { atMost: 500 } },
          );
        }
        return figures;
      });
    } finally {
      await server.stop();
    }
  },
};

async function fill(knex: Knex): Promise<void> {
  await addFundBot(knex, { status: 'ACTIVE' });
  await knex.raw(`INSERT INTO bot_session_states (bot_id, state) SELECT id, '{}' FROM bots`);
  await keepWorker(knex, { identity: 'bench', processId: process.pid });
  await knex.raw(
    `INSERT INTO trading_history (symbol, side, price, quantity, profit_loss, fee, exchange_order_id, executed_at)
     SELECT 'BTCUSDC', CASE n % 2 WHEN 0 THEN 'SELL' ELSE 'BUY' END, 45000 + n, 0.05, CASE n % 2 WHEN 0 THEN n % 7 - 3 END,
       1.1, n::text, now() - (? - n) * interval '1 minute' FROM generate_series(1, ?) n`,
    [TRADES, TRADES],
  );
  const of = { at: Date.now(), marks: {}, currency: 'USDC', initialPrice: '1' };
  await recordValuation(knex, { ...of, reason: 'sync', provisionalBecause: null });
  await knex.raw('ANALYZE');
}
