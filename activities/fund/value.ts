import { allotDeposit, creditedDeposits, holdDeposits, unsweptDeposits } from '../../db/fund/deposits.ts';
import { chargeFees } from '../../db/fund/fees.ts';
import { takeOverRest } from '../../db/fund/opening.ts';
import { dealAt, readFundPrices } from './deal.ts';
import type { FundDependencies } from './dependencies.ts';
import type { FundActivities } from './types.ts';

/** Values the fund, charges the day's fees, and gives units for what had been credited before. */
export function createValueFund(deps: FundDependencies): FundActivities['valueFund'] {
  return async ({ reason }) => {
    const { knex, step, now, settings } = deps;
    step('value:begun');
    // Before any price is read: nobody's units are priced at what was known when the venue credited them.
    const waiting = (await creditedDeposits(knex)).map(({ id }) => id);
    const prices = await readFundPrices(deps);
    step('value:marked');
    const { nav, heldBecause } = await knex.transaction(async (tx) => {
      await holdDeposits(tx, waiting);
      return dealAt(tx, prices, { ...settings, reason, now }, async (nav) => {
        await chargeFees(tx, settings.fees, nav);
        let isJoined = false;
        for (const id of waiting)
          isJoined = (await allotDeposit(tx, id, { price: nav.nav_per_unit, at: now() })) || isJoined;
        if (isJoined) await takeOverRest(tx, nav, settings.currency);
      });
    });
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
