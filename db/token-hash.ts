import { createHash } from 'node:crypto';

/** What is kept of a token. Tokens are long and random: a fast hash keeps them. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
