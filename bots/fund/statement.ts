import { Decimal, type Amount } from '../money.ts';
import type { AccountKind } from './account-names.ts';
import type { EntryKind } from './postings.ts';

/** What one journal entry did to one holder's accounts. */
export interface HolderEntry {
  id: number;
  kind: EntryKind;
  /** Epoch ms. */
  at: number;
  /** What it belongs to: the deposit's, the withdrawal's or the fee's id; null where it is none's. */
  reference: string | null;
  /** Of a unit, where units were given, given up or charged at one; else null. */
  price: Amount | null;
  changes: { kind: AccountKind; asset: string; amount: Amount }[];
}

/** A row of a statement. Rows add up: each balance is the one before with the row's change. */
export interface StatementRow {
  at: number;
  kind: EntryKind;
  reference: string | null;
  price: Amount | null;
  /** What came into the holder's accounts of the fund, or left them (negative), by asset: deposits and payments. */
  money: { asset: string; amount: Amount } | null;
  /** Change of the units that are theirs, the locked ones among them, without those given up for a payment. */
  units: Amount;
  /** After the row. */
  unitsBalance: Amount;
  /** Change of what the fund owes them in money, and that after the row; money not allotted yet and not paid yet. */
  owed: Amount;
  owedBalance: Amount;
}

export interface Statement {
  opening: { units: Amount; owed: Amount };
  rows: StatementRow[];
  closing: { units: Amount; owed: Amount };
}

/**
 * A holder's statement in one currency, from what was before `entries`, oldest first. Moves between main and their
 * sub-account change nothing that is theirs and are left out, and so are locks.
 */
export function statementOf(
  opening: Statement['opening'],
  entries: readonly HolderEntry[],
  currency: string,
): Statement {
  let units = new Decimal(opening.units);
  let owed = new Decimal(opening.owed);
  const rows: StatementRow[] = [];
  for (const entry of entries) {
    const change = changeBy(entry, currency);
    if (change.units.isZero() && change.owed.isZero() && !change.money) continue;
    units = units.add(change.units);
    owed = owed.add(change.owed);
    rows.push({
      ...{ at: entry.at, kind: entry.kind, reference: entry.reference, price: entry.price },
      money: change.money,
      ...{ units: change.units.toFixed(), unitsBalance: units.toFixed() },
      ...{ owed: change.owed.toFixed(), owedBalance: owed.toFixed() },
    });
  }
  return { opening, rows, closing: { units: units.toFixed(), owed: owed.toFixed() } };
}

function changeBy(
  { kind, changes }: HolderEntry,
  currency: string,
): { units: Decimal; owed: Decimal; money: StatementRow['money'] } {
  const sumOf = (kinds: readonly AccountKind[], asset: string | null) =>
    changes
      .filter((change) => kinds.includes(change.kind) && (asset === null || change.asset === asset))
      .reduce((sum, { amount }) => sum.add(amount), new Decimal(0));
  const external = EXTERNAL.has(kind) ? changes.find((change) => change.kind === 'sub') : undefined;
  return {
    units: sumOf(['units', 'units-locked'], null),
    // A liability is negative in the ledger and the holder's own here.
    owed: sumOf(['deposits', 'redemptions'], currency).neg(),
    money: external ? { asset: external.asset, amount: external.amount } : null,
  };
}

/** What crosses the border of the fund. */
const EXTERNAL: ReadonlySet<EntryKind> = new Set(['deposit_received', 'deposit_reversed', 'withdrawal_paid']);
