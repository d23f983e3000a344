import { Decimal, type Amount } from '../money.ts';
import { ACCOUNT_CLASSES, UNIT, type AccountKind } from './account-names.ts';
import { unitPrice } from './unit-price.ts';

/** What all accounts of a kind hold of an asset together. */
export interface Total {
  kind: AccountKind;
  asset: string;
  amount: Amount;
}

/** Price of one of each asset in the fund's currency. */
export type Marks = Readonly<Record<string, Amount>>;

export interface Valuation {
  /** Fund value in its currency. */
  value: Amount;
  /** Units outstanding: all there are, but those reserved by approved withdrawals. */
  units: Amount;
  /** Of one unit. */
  price: Amount;
}

/** An asset that the fund holds has no mark, or none above zero. */
export class MissingMark extends Error {
  override readonly name = 'MissingMark';
  readonly asset: string;
  constructor(asset: string) {
    super(`There is no price of ${asset}, which the fund holds: nothing is dealt until there is one.`);
    this.asset = asset;
  }
}

/**
 * What the fund is worth and what one unit of it is (fund-integration, Q15): holdings and liabilities at their marks. What is on
 * its way between main and sub-accounts counts; what is owed to depositors and to payees does not. Throws `MissingMark`
 * and `NoPrice`.
 */
export function valuationOf(of: {
  totals: readonly Total[];
  marks: Marks;
  /** The fund's currency, whose mark is 1. */
  currency: string;
  initialPrice: Amount;
}): Valuation {
  const value = netAssets(of.totals)
    .filter(([, amount]) => !amount.isZero())
    .map(([asset, amount]) => amount.mul(asset === of.currency ? 1 : markOf(asset, of.marks)))
    .reduce((sum, worth) => sum.add(worth), new Decimal(0));
  const units = unitsOutstanding(of.totals);
  return {
    value: value.toFixed(),
    units,
    price: unitPrice({ value, units, initial: of.initialPrice }),
  };
}

/** What the fund has of each asset for its holders: holdings less liabilities. */
export function netAssets(totals: readonly Total[]): [asset: string, amount: Decimal][] {
  const net = new Map<string, Decimal>();
  for (const { kind, asset, amount } of totals)
    if (ACCOUNT_CLASSES[kind] === 'holding' || ACCOUNT_CLASSES[kind] === 'liability')
      net.set(asset, (net.get(asset) ?? new Decimal(0)).add(amount));
  return [...net];
}

/** Units issued, less those reserved by approved withdrawals. */
function unitsOutstanding(totals: readonly Total[]): Amount {
  return totals
    .filter(({ kind, asset }) => asset === UNIT && (kind === 'units-issued' || kind === 'units-reserved'))
    .reduce((outstanding, { amount }) => outstanding.sub(amount), new Decimal(0))
    .toFixed();
}

function markOf(asset: string, marks: Marks): Decimal {
  const mark = Object.hasOwn(marks, asset) ? new Decimal(marks[asset]!) : null;
  if (!mark?.isFinite() || mark.lte(0)) throw new MissingMark(asset);
  return mark;
}
