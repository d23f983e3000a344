import type { Knex } from 'knex';
import { fundOpened } from '../../bots/fund/postings.ts';
import { unitsFor } from '../../bots/fund/unit-price.ts';
import type { Amount } from '../../bots/money.ts';
import { lockLedger } from './ledger-balances.ts';
import { postEntry } from './post-entry.ts';

/** True once units have been issued: from then on every amount has been somebody's from the beginning. */
export async function hasBegun(knex: Knex): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: [{ begun: boolean }] }>(
    `SELECT EXISTS (SELECT FROM ledger_accounts a JOIN postings p ON p.account_id = a.id
       WHERE a.kind = 'units-issued') AS begun`,
  );
  return rows[0].begun;
}

/** What main holds before anybody has units: whoever runs the fund has units for it, at the first price. False where it has begun. */
export async function openFund(
  knex: Knex,
  { price, at, ...money }: { asset: string; amount: Amount; price: Amount; at: number },
): Promise<boolean> {
  return knex.transaction(async (tx) => {
    // Alone: nobody is being given units meanwhile.
    await lockLedger(tx);
    if (await hasBegun(tx)) return false;
    const units = unitsFor(money.amount, price);
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
