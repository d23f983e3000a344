/**
 * The chart of accounts. Positive means that the fund holds it or is owed it, so that every entry sums to zero in each of
 * its assets. Holdings and liabilities together are what the fund is worth; equity says where that came from; unit accounts
 * count units and nothing else does.
 */
export const ACCOUNT_CLASSES = {
  /** The exchange's main account. */
  main: 'holding',
  /** A holder's sub-account at the exchange. */
  sub: 'holding',
  /** Sent between main and that sub-account, not yet confirmed. */
  transit: 'holding',
  /** Credited by the venue, not yet allotted units; also what is kept aside: another asset, less than the minimum. */
  deposits: 'liability',
  /** Approved withdrawals that are not paid yet. */
  redemptions: 'liability',
  /** What holders have put in, less what they have taken out. */
  capital: 'equity',
  /** The other side of every fill. */
  trading: 'equity',
  /** The venue's trading fees. */
  fees: 'equity',
  /** Fees of transfers that the fund bears; those of a withdrawal are its payee's. */
  /** Corrections of what was not the fund's doing. */
  adjustments: 'equity',
  /** A holder's free units. */
  units: 'units',
  /** Locked by requests that wait for approval; still the holder's, still outstanding. */
  'units-locked': 'units',
  /** Given up at approval for a fixed amount; not outstanding any more. */
  'units-reserved': 'units',
  /** Of whoever runs the fund: taken as fees, or had for what main held when the fund began. */
  'fee-units': 'units',
  /** The other side of every unit there is: never positive. */
  'units-issued': 'units',
} as const satisfies Record<string, AccountClass>;

export type AccountClass = 'holding' | 'liability' | 'equity' | 'units';
/** The part of an account's name before the holder. */
export type AccountKind = keyof typeof ACCOUNT_CLASSES;

/** Each holder has one of their own. */
export type HolderKind =
  'sub' | 'transit' | 'deposits' | 'redemptions' | `units${'' | '-locked' | '-reserved'}`;
export type FundKind = Exclude<AccountKind, HolderKind>;

/** `main`, `sub/<user id>`. */
export type AccountName = FundKind | `${HolderKind}/${string}`;

/** What units are counted in. */
export const UNIT = 'UNIT';

/** The holder's account of that kind. `userId` is a UUID. */
export function holderAccount(kind: HolderKind, userId: string): AccountName {
  return `${kind}/${userId.toLowerCase()}`;
}

/** What a name says; null where it is no account's. */
export function readAccount(
  name: string,
): { kind: AccountKind; class: AccountClass; userId: string | null } | null {
  const [, kind = '', userId = null] = /^([a-z-]+)(?:\/([0-9a-f-]{36}))?$/.exec(name) ?? [];
  if (!isKind(kind) || HOLDER_KINDS.has(kind) !== (userId !== null)) return null;
  return { kind, class: ACCOUNT_CLASSES[kind], userId };
}

const HOLDER_KINDS: ReadonlySet<string> = new Set<HolderKind>([
  'sub',
  'transit',
  'deposits',
  'redemptions',
  'units',
  'units-locked',
  'units-reserved',
]);

function isKind(text: string): text is AccountKind {
  return Object.hasOwn(ACCOUNT_CLASSES, text);
}
