import type { Verdict } from './profile.ts';

const refused = (code: Verdict['code'], final: boolean): Verdict => ({ code, phase: 'refused', final });

/** What Binance says to deposits, transfers and withdrawals (Wallet API docs, "Error code"). */
export const WALLET_CODES: Readonly<Record<string, Verdict>> = {
  '-4004': refused('bad_credentials', true),
  '-4005': refused('rate_limited', false),
  '-4006': refused('permission_denied', true),
  '-4007': refused('invalid_address', true),
  '-4008': refused('invalid_address', true),
  '-4015': refused('permission_denied', false),
  '-4018': refused('invalid_amount', true),
  '-4019': refused('unavailable', false),
  '-4021': refused('invalid_amount', true),
  '-4022': refused('below_minimum', true),
  '-4023': refused('insufficient_funds', false),
  '-4024': refused('insufficient_funds', false),
  '-4025': refused('insufficient_funds', false),
  '-4026': refused('insufficient_funds', false),
  // No number for it, but perhaps the money.
  '-4027': { code: 'unavailable', phase: 'unknown', final: false },
  '-4028': refused('below_minimum', true),
  '-4033': refused('invalid_address', true),
  '-4034': refused('invalid_address', true),
  '-4035': refused('permission_denied', true),
  '-4036': refused('permission_denied', false),
  '-4039': refused('unknown_sub_account', true),
  '-4060': refused('insufficient_funds', false),
  '-4115': refused('duplicate_id', true),
  '-5002': refused('insufficient_funds', false),
  '-5003': refused('insufficient_funds', false),
  '-5007': refused('invalid_amount', true),
  '-5010': refused('unavailable', false),
  '-5012': { code: 'unavailable', phase: 'unknown', final: false },
  '-5021': refused('unknown_sub_account', true),
};
