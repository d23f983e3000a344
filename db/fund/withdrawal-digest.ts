import { createHash } from 'node:crypto';
import { Decimal, type Amount } from '../../bots/money.ts';

/** What is paid, and where to. */
export interface WithdrawalSubject {
  amount: Amount;
  asset: string;
  network: string;
  address: string;
  tag: string | null;
}

/** Whether a request is still what its digest, and so every approval, is of. */
export function isAsApproved(request: WithdrawalSubject & { digest: string }): boolean {
  return withdrawalDigest(request) === request.digest;
}

/**
 * What an approval is bound to: SHA-256, in hex, of amount, asset, network, address and tag, each preceded by its length, so
 * that no two requests share a digest. The amount is written in one way: 10 and 10.0 are the same.
 */
export function withdrawalDigest(of: WithdrawalSubject): string {
  const fields = [new Decimal(of.amount).toFixed(), of.asset, of.network, of.address];
  const parts = [...fields, ...(of.tag === null ? [] : [of.tag])].map(
    (field) => `${Buffer.byteLength(field)}:${field}`,
  );
  return createHash('sha256').update(parts.join('')).digest('hex');
}
