import type { Knex } from 'knex';
import { chargeLots, underTerms, type FeeTerms, type FundFees } from '../../bots/fund/fees.ts';
import { UNIT } from '../../bots/fund/account-names.ts';
import { feeCharged } from '../../bots/fund/postings.ts';
import { Decimal, type Amount } from '../../bots/money.ts';
import { keepLots, readLots } from './fee-lots.ts';
import type { NavRow } from './nav-history.ts';
import { postEntries, type NewEntry } from './post-entry.ts';

/** Holders charged at one valuation: about as long as everybody else can be kept from posting. */
const AT_ONCE = 250;

/**
 * Charges the fees of the valuation's day (UTC) at its price, in the transaction that has made it: the next holders that it has not come to
 * yet, each once a day however often it is valued. The price stays: units go over to whoever runs the fund. Who has not as many free
 * units owes it until the next time. `fees` other than at the valuation before are owed from this one on.
 */
export async function chargeFees(
  tx: Knex,
  fees: FundFees,
  { recorded_at, nav_per_unit: price }: NavRow,
  { atOnce = AT_ONCE } = {},
): Promise<void> {
  await noteTerms(tx, fees, { since: recorded_at, price });
  if (fees.managementPercent === null && fees.performancePercent === null) return;
  const day = recorded_at.toISOString().slice(0, 10);
  const after = await reachedOn(tx, day);
  if (after === null) return;
  const terms = await readTerms(tx);
  const holders = await readLots(tx, { after, limit: atOnce });
  const at = recorded_at.getTime();
  const charged = holders
    .map((holder) => ({ ...holder, ...chargeLots(underTerms(holder.lots, terms), fees, { price, at }) }))
    .filter(({ units, free }) => new Decimal(units).gt(0) && new Decimal(units).lte(free));
  await postEntries(
    tx,
    charged.map(({ userId, units }) => feeEntry({ userId, units, price, day, at })),
  );
  await keepLots(tx, charged, recorded_at);
  await tx('fee_days')
    .insert({ day, reached: holders.at(-1)?.userId ?? after, is_done: holders.length < atOnce })
    .onConflict('day')
    .merge();
}

/** Writes down what fees are, where that is something else than before. */
async function noteTerms(
  tx: Knex,
  { managementPercent, performancePercent }: FundFees,
  { since, price }: { since: Date; price: Amount },
): Promise<void> {
  await tx.raw(
    `INSERT INTO fee_terms (since, nav_per_unit, management_percent, performance_percent)
     SELECT ?, ?, n.management, n.performance FROM (VALUES (?::numeric, ?::numeric)) AS n(management, performance)
     LEFT JOIN LATERAL (SELECT * FROM fee_terms ORDER BY id DESC LIMIT 1) last ON true
     WHERE (n.management, n.performance) IS DISTINCT FROM (last.management_percent, last.performance_percent)`,
    [since, price, managementPercent, performancePercent],
  );
}

/** All there have been, oldest first. */
async function readTerms(tx: Knex): Promise<FeeTerms[]> {
  const rows = await tx('fee_terms').orderBy('id').select<{ since: Date; nav_per_unit: Amount }[]>();
  return rows.map(({ since, nav_per_unit: price }) => ({ since: since.getTime(), price }));
}

/** The holder a day's charge goes on after, that of an unfinished day before it too; null where it is through, or a later day's has begun. */
async function reachedOn(tx: Knex, day: string): Promise<string | null> {
  const { rows } = await tx.raw<{ rows: { reached: string | null }[] }>(
    `SELECT CASE WHEN day <= ? AND NOT is_done THEN reached WHEN day < ? THEN '${NOBODY}' END AS reached
     FROM fee_days ORDER BY fee_days.day DESC LIMIT 1`,
    [day, day],
  );
  return rows.length === 0 ? NOBODY : rows[0]!.reached;
}

/** Before every holder. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

function feeEntry({
  userId,
  units,
  price,
  day,
  at,
}: {
  userId: string;
  units: Amount;
  price: Amount;
  day: string;
  at: number;
}): NewEntry {
  return {
    ...{ ...feeCharged({ userId, units }), key: `fee/${day}/${userId}`, at, refs: { day } },
    transaction: {
      ...{ userId, type: 'fee', asset: UNIT, amount: units, units, navPerUnit: price },
      ...{ status: 'completed', externalId: `${day}/${userId}` },
    },
  };
}
