import test from 'ava';
import { freezeDealing, thawDealing } from '../db/fund/dealing.ts';
import { createMetrics } from './metrics.ts';
import { freshDatabase } from './testing/database.ts';
import { until } from './testing/stack.ts';
import { watchDealing } from './watch-dealing.ts';

test('a freeze of dealing is an error in the log, once, with its reason, and so is one that is there at the start', async (t) => {
  const { knex } = await freshDatabase(t);
  const said: unknown[] = [];
  const log = { error: (...line: unknown[]) => said.push(line), warn: (line: unknown) => said.push(line) };
  let looks = 0;
  knex.on('query-response', () => (looks += 1));
  const watch = () => {
    const end = watchDealing({ knex, log: log as never, everyMs: 5 });
    t.teardown(end);
    return end;
  };
  /** A look that began before a change may end after it: the one after the next has seen it. */
  const seen = async () => {
    const enough = looks + 3;
    await until('three looks', () => looks >= enough);
  };
  const frozen = (at: number, because: string) => [
    { since: new Date(at), because },
    'dealing in the fund is frozen until an admin has looked and lets it go on',
  ];
  const end = watch();
  await seen();
  t.deepEqual(said, []);
  await freezeDealing(knex, { at: 1_000, because: 'main has 1 USDC too few' });
  await seen();
  t.deepEqual(said.splice(0), [frozen(1_000, 'main has 1 USDC too few')]);
  await thawDealing(knex);
  await seen();
  t.deepEqual(said.splice(0), ['dealing in the fund goes on']);
  await freezeDealing(knex, { at: 2_000, because: 'again' });
  await seen();
  t.deepEqual(said.splice(0), [frozen(2_000, 'again')]);
  await end();
  watch();
  await seen();
  t.deepEqual(said, [frozen(2_000, 'again')]);
});

test('whether dealing is frozen is a metric, and no guess where the database is away', async (t) => {
  const { knex } = await freshDatabase(t);
  const metrics = createMetrics('worker', knex);
  t.regex(await metrics.metrics(), /^fund_frozen\{service="worker"\} 0$/m);
  await freezeDealing(knex, { at: 1_000, because: 'main has 1 USDC too few' });
  t.regex(await metrics.metrics(), /^fund_frozen\{service="worker"\} 1$/m);
  await knex.destroy();
  const text = await metrics.metrics();
  t.notRegex(text, /^fund_frozen\{/m);
  t.regex(text, /^process_cpu_seconds_total/m);
});
