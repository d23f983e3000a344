import { createHash } from 'node:crypto';

/** What is kept of a secret of ours that is long and random: a fast hash suffices for those. */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
