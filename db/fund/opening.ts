import type { Knex } from 'knex';
import { fundOpened, mainObserved, restTakenOver } from '../../bots/fund/postings.ts';
import { unitsFor } from '../../bots/fund/unit-price.ts';
import { Decimal, type Amount } from '../../bots/money.ts';
import { lockLedger } from './ledger-balances.ts';
import type { NavRow } from './nav-history.ts';
import { postEntry } from './post-entry.ts';

/** True once units have been issued: from then on every amount has been somebody's from the beginning. */
export async function hasBegun(knex: Knex): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: [{ begun: boolean }] }>(
    `SELECT EXISTS (SELECT FROM ledger_accounts a JOIN postings p ON p.account_id = a.id
       WHERE a.kind = 'units-issued') AS begun`,
  );
  return rows[0].begun;
}

/**
 * What main holds before anybody has units: whoever runs the fund has units for it, at the first price. Where it buys none it is the fund's,
 * which has not begun by that. False where it has, or where the same had been entered.
 */
export async function openFund(
  knex: Knex,
  { price, at, ...money }: { asset: string; amount: Amount; price: Amount; at: number },
): Promise<boolean> {
  return knex.transaction(async (tx) => {
    // Alone: nobody is being given units meanwhile.
    await lockLedger(tx);
    if (await hasBegun(tx)) return false;
    const units = unitsFor(money.amount, price);
    if (new Decimal(units).isZero()) {
      const dust = { ...mainObserved(money), key: `opening/dust/${money.amount}`, at };
      return (await postEntry(tx, dust)).posted;
    }
    await postEntry(tx, {
      ...{ ...fundOpened({ ...money, units }), key: 'opening', at },
      transaction: {
        ...{ ...money, userId: null, type: 'adjustment', units, navPerUnit: price },
        ...{ status: 'completed', externalId: 'opening' },
      },
    });
    return true;
  });
}

/**
 * Where the last unit had been redeemed by the valuation, and the fund is worth something all the same: whoever runs it has units for
 * that, at the price at which it begins anew. In the valuation's transaction, with the first units that are given at it: what comes
 * after is no more the newcomer's than what was before.
 */
export async function takeOverRest(
  tx: Knex,
  { id, total_units, total_value, nav_per_unit: price, recorded_at }: NavRow,
  asset: string,
): Promise<void> {
  const units = unitsFor(total_value, price);
  if (!new Decimal(total_units).isZero() || !new Decimal(units).gt(0)) return;
  const key = `rest/${id}`;
  await postEntry(tx, {
    ...{ ...restTakenOver({ units }), key, at: recorded_at.getTime(), refs: { valuation: id } },
    transaction: {
      ...{ userId: null, type: 'adjustment', asset, amount: total_value, units, navPerUnit: price },
      ...{ status: 'completed', externalId: key },
    },
  });
}
