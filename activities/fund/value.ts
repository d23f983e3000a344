import { allotDeposit, creditedDeposits, unsweptDeposits } from '../../db/fund/deposits.ts';
import { chargeFees } from '../../db/fund/fees.ts';
import { dealAt, readFundPrices } from './deal.ts';
import type { FundDependencies } from './dependencies.ts';
import type { FundActivities } from './types.ts';

/** Values the fund, charges the day's fees, and gives units for what had been credited before. */
export function createValueFund(deps: FundDependencies): FundActivities['valueFund'] {
  return async ({ reason }) => {
    const { knex, step, now, settings } = deps;
    step('value:begun');
    // Before any price is read: nobody's units are priced at what was known when the venue credited them.
    const waiting = await creditedDeposits(knex);
    const prices = await readFundPrices(deps);
    step('value:marked');
    const { nav, heldBecause } = await knex.transaction((tx) =>
      dealAt(tx, prices, { ...settings, reason, now }, async (nav) => {
        await chargeFees(tx, settings.fees, nav);
        for (const { id } of waiting) await allotDeposit(tx, id, { price: nav.nav_per_unit, at: now() });
      }),
    );
    step('value:written');
    return {
      ...{
        price: nav?.nav_per_unit ?? null,
        value: nav?.total_value ?? null,
        units: nav?.total_units ?? null,
      },
      ...{ at: nav?.recorded_at.getTime() ?? now(), heldBecause },
      ...{ waiting: (await creditedDeposits(knex)).length, toSweep: await unsweptDeposits(knex) },
    };
  };
}
