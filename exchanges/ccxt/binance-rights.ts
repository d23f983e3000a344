import type { KeyRights } from '../port.ts';
import { UnreadableAnswer } from './errors.ts';
import type { Client } from './unified.ts';

/** Wallet API docs, "Get API Key Permission". Its test network has no wallet: nothing is withdrawn there, and no key is bound. */
export async function keyRights(client: Client): Promise<KeyRights> {
  if (!hasWallet(client)) {
    const { canTrade } = await client.privateGetAccount({ omitZeroBalances: 'true' });
    return { canTrade: said(canTrade), canWithdraw: false, isAddressBound: null };
  }
  return toRights(await client.sapiGetAccountApiRestrictions());
}

/** Its test network has none. */
export const hasWallet = (client: Client): boolean => client.urls.api['sapi'] !== undefined;

/** The same of an answer that is there already. */
export function toRights(restrictions: Record<string, unknown>): KeyRights {
  return {
    canTrade: said(restrictions['enableSpotAndMarginTrading']),
    canWithdraw: said(restrictions['enableWithdrawals']),
    isAddressBound: said(restrictions['ipRestrict']),
  };
}

/** What is not said is not taken for a no. */
export function said(right: unknown): boolean {
  if (typeof right !== 'boolean') throw new UnreadableAnswer('without what the key may do');
  return right;
}
