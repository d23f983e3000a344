import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { fill, unitsLocked } from '../bots/fund/postings.ts';
import { openDatabase } from '../db/connect.ts';
import { checkLedger } from '../db/fund/check-ledger.ts';
import { readPortfolio } from '../db/fund/holders.ts';
import { closeLedger } from '../db/fund/ledger-balances.ts';
import { recordValuation, valueFund } from '../db/fund/nav-history.ts';
import { postEntry, type NewEntry } from '../db/fund/post-entry.ts';
import { freePort } from '../runtime/embedded/ports.ts';
import { startTestPostgres } from '../runtime/testing/database.ts';
import { percentile, type Figure, type Measurement } from './measurement.ts';

const CONNECTIONS = 8;
const HOLDERS = 10_000;
/** Deposits, allotments, sweeps and moves of units of every holder: a million postings in all. */
const POSTINGS = 1_000_000;
const ROUNDS = 5;
const ENTRIES = 1_500;
const READS = 2_000;
const VALUATIONS = 200;
/** Between two valuations. */
const FILLS = 5;

export const ledger: Measurement = {
  name: 'ledger',
  what: `posting with ${CONNECTIONS} connections, valuing and reading a fund of ${HOLDERS} holders and ${POSTINGS} postings`,
  async run(say) {
    const folder = await mkdtemp(join(tmpdir(), 'perpetua-bench-'));
    // Kept, so that it syncs to disk what it commits, as a user's does.
    const server = await startTestPostgres({ folder, port: await freePort(), password: randomUUID() });
    const knex = openDatabase({ url: server.url, poolSize: CONNECTIONS, acquireTimeoutMs: 60_000 });
    try {
      const holders = await fillLedger(knex);
      say(`${HOLDERS} holders with ${POSTINGS} postings are there`);
      const figures = [
        ...(await posting(knex, holders, say)),
        ...(await valuing(knex)),
        ...(await reading(knex, holders)),
      ];
      const wrong = await checkLedger(knex);
      if (wrong.length > 0) throw new Error(wrong.join('; '));
      return figures;
    } finally {
      await knex.destroy();
      await server.stop();
      await Promise.all([folder, server.folder].map((kept) => rm(kept, { recursive: true, force: true })));
    }
  },
};

/** In turns fills, which all take part in the same accounts, and locks of units, each another holder's. */
async function posting(knex: Knex, holders: string[], say: (line: string) => void): Promise<Figure[]> {
  const rates: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const waiting = Array.from({ length: ENTRIES }, (_, at) =>
      at % 2 === 0 ? aFill() : aLock(holders[(round * ENTRIES + at) % HOLDERS]!),
    );
    const began = performance.now();
    const hand = async () => {
      for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
        const sent = performance.now();
        await postEntry(knex, entry);
        times.push(performance.now() - sent);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, hand));
    rates.push((ENTRIES / (performance.now() - began)) * 1000);
    say(`round ${round + 1}: ${rates.at(-1)!.toFixed(0)} entries/s`);
  }
  return [
    {
      name: 'entries a second, middle round',
      value: percentile(rates, 0.5),
      unit: '1/s',
      bound: { atLeast: 500 },
    },
    { name: 'an entry, p50', value: percentile(times, 0.5), unit: 'ms' },
    { name: 'an entry, p99', value: percentile(times, 0.99), unit: 'ms' },
  ];
}

/**
 * As it is done after each trade: the books are closed, valued, and the price is written down. The first finds all that was posted
 * before it, as after an hour in which nobody asked.
 */
async function valuing(knex: Knex): Promise<Figure[]> {
  const times = { official: [] as number[], past: [] as number[] };
  for (let round = 0; round < VALUATIONS; round++) {
    for (let at = 0; at < FILLS; at++) await postEntry(knex, aFill());
    const began = performance.now();
    const of = { at: Date.now(), marks: MARKS, currency: 'USDC', initialPrice: '1' };
    const row = await recordValuation(knex, { ...of, reason: 'trade', provisionalBecause: null });
    times.official.push(performance.now() - began);
    const beganAgain = performance.now();
    await valueFund(knex, { ...of, at: row.recorded_at.getTime() - 1 });
    times.past.push(performance.now() - beganAgain);
  }
  return [
    { name: 'valuation, p99', value: percentile(times.official, 0.99), unit: 'ms', bound: { atMost: 50 } },
    { name: 'valuation, p50', value: percentile(times.official, 0.5), unit: 'ms' },
    { name: `valuation, ${ROUNDS * ENTRIES} entries after the last`, value: times.official[0]!, unit: 'ms' },
    {
      name: 'valuation of a past moment, p99',
      value: percentile(times.past, 0.99),
      unit: 'ms',
      bound: { atMost: 50 },
    },
  ];
}

async function reading(knex: Knex, holders: string[]): Promise<Figure[]> {
  const times: number[] = [];
  const waiting = Array.from({ length: READS }, (_, at) => holders[(at * 7) % HOLDERS]!);
  const hand = async () => {
    for (let userId = waiting.pop(); userId; userId = waiting.pop()) {
      const began = performance.now();
      await readPortfolio(knex, userId);
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, hand));
  return [
    { name: 'portfolio read, p99', value: percentile(times, 0.99), unit: 'ms', bound: { atMost: 50 } },
    { name: 'portfolio read, p50', value: percentile(times, 0.5), unit: 'ms' },
  ];
}

const MARKS = { BTC: '50000', BNB: '400' };

function aFill(): NewEntry {
  const of = {
    base: 'BTC',
    quote: 'USDC',
    side: 'BUY',
    price: '50000',
    quantity: '0.0001',
    feeAsset: 'BTC',
  } as const;
  return { ...fill({ ...of, fee: '0.0000001' }), key: `fill/${randomUUID()}`, at: Date.now() };
}

function aLock(userId: string): NewEntry {
  const id = randomUUID();
  const told = { userId, type: 'withdrawal', asset: 'USDC', amount: '0.01', units: '0.01' } as const;
  return {
    ...unitsLocked({ userId, units: '0.01' }),
    ...{ key: `withdrawal/${id}/locked`, at: Date.now() },
    transaction: { ...told, navPerUnit: '1', status: 'pending', externalId: id },
  };
}

/**
 * Laid in bulk, by way of every trigger but the one that adds an entry up, whose queue would hold a million: the whole is added up
 * at the end. The books are closed now and then, and a thousand entries come after the last time.
 */
async function fillLedger(knex: Knex): Promise<string[]> {
  const { rows } = await knex.raw<{ rows: { id: string }[] }>(
    `INSERT INTO users (name) SELECT 'Holder ' || n FROM generate_series(1, ?) n RETURNING id`,
    [HOLDERS],
  );
  await knex.raw(ACCOUNTS);
  await knex.raw('ALTER TABLE postings DISABLE TRIGGER postings_balanced');
  const each = POSTINGS / 4 / HOLDERS;
  for (let at = 0; at < each; at++) {
    await knex.raw(DEPOSITS, [at, at]);
    if (at % 5 === 4) await closeLedger(knex, Date.now());
  }
  await knex.raw('ALTER TABLE postings ENABLE TRIGGER postings_balanced');
  await knex.raw('ANALYZE');
  for (let at = 0; at < 1000; at++) await postEntry(knex, aFill());
  return rows.map(({ id }) => id);
}

const ACCOUNTS = `
INSERT INTO ledger_accounts (name)
SELECT kind || '/' || id FROM users, unnest(ARRAY['deposits', 'units', 'units-locked', 'sub', 'transit']) kind
UNION ALL SELECT unnest(ARRAY['main', 'capital', 'units-issued', 'trading', 'fees'])`;

/** Each holder's deposit of 100, straight to main, and its allotment. */
const DEPOSITS = `
WITH told AS (
  INSERT INTO transactions (user_id, type, asset, amount, units, nav_per_unit, status, external_id, created_at, updated_at)
  SELECT id, 'deposit', 'USDC', 100, 100, 1, 'completed', id || '/' || ?, now(), now() FROM users
  RETURNING user_id, type, external_id
), entry AS (
  INSERT INTO journal_entries (key, kind, at, refs, posting_count, transaction_type, transaction_external_id)
  SELECT 'seed/' || user_id || '/' || ?, 'units_allotted', clock_timestamp(), '{}', 4, type, external_id FROM told
  RETURNING id, at, split_part(key, '/', 2) AS user_id
)
INSERT INTO postings (entry_id, line, account_id, asset, amount, at)
SELECT entry.id, line, a.id, p.asset, p.amount, entry.at
FROM entry, LATERAL (VALUES (1, 'main', 'USDC', 100), (2, 'capital', 'USDC', -100),
  (3, 'units/' || entry.user_id, 'UNIT', 100), (4, 'units-issued', 'UNIT', -100)) AS p(line, account, asset, amount)
JOIN ledger_accounts a ON a.name = p.account`;
