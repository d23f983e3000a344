import type { z } from 'zod';
import { moneyFor, UNIT_DECIMALS } from '../../../bots/fund/unit-price.ts';
import { Decimal, type Amount } from '../../../bots/money.ts';
import type { FundAssets } from '../../../db/fund/fund-assets.ts';
import type { Portfolio } from '../../../db/fund/holders.ts';
import type { ApiSettings } from '../../settings.ts';
import type { portfolio } from './portfolio-schemas.ts';

/** What is a holder's, at the newest valuation; before the first one units cost what the first of them will. */
export function presentPortfolio(
  { units, locked, navPerUnit, deposited, withdrawn, owed, feeUnits, valuedAt }: Portfolio,
  { initialPrice, currency, now }: ApiSettings['fund'] & { now: Date },
): z.input<typeof portfolio> {
  const price = navPerUnit ?? initialPrice;
  const value = moneyFor(units, price, UNIT_DECIMALS);
  const out = new Decimal(withdrawn).add(owed);
  const profit = out.add(value).sub(deposited);
  const percent = new Decimal(deposited).isZero() ? new Decimal(0) : profit.div(deposited).mul(100);
  return {
    ...{
      units: Number(units),
      locked_units: Number(locked),
      fee_units: Number(feeUnits),
      nav_per_unit: Number(price),
    },
    ...{ value: Number(value), total_deposited: Number(deposited), total_withdrawn: out.toNumber() },
    profit_loss: profit.toNumber(),
    profit_loss_percent: percent.toDecimalPlaces(2, Decimal.ROUND_HALF_UP).toNumber(),
    currency,
    updated_at: (valuedAt ?? now).toISOString(),
  };
}

export function presentFund(
  { valuation, assets, positions }: FundAssets,
  { initialPrice }: ApiSettings['fund'],
): NonNullable<z.input<typeof portfolio>['fund']> {
  return {
    total_units: Number(valuation?.total_units ?? 0),
    total_value: Number(valuation?.total_value ?? 0),
    nav_per_unit: Number(valuation?.nav_per_unit ?? initialPrice),
    assets: assets.map(({ asset, free, locked, value }) => ({
      ...{ asset, free: Number(free), locked: Number(locked), value: orNull(value) },
    })),
    open_positions: positions.map(({ symbol, quantity, price, realised }) => ({
      ...{ symbol, quantity: Number(quantity), price: Number(price), realised: Number(realised) },
    })),
  };
}

function orNull(amount: Amount | null): number | null {
  return amount === null ? null : Number(amount);
}
