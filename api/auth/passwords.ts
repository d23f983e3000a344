import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/bcrypt';
import pLimit from 'p-limit';
import { ApiError } from '../errors.ts';

/** Hashes and compares passwords with bcrypt, on threads beside the event loop. */
export interface Passwords {
  /** Throws `busy` where too many wait already. */
  hash(password: string): Promise<string>;
  /** Whether it is the password of that hash. Takes as long where there is no hash; the answer is false then. */
  matches(password: string, passwordHash: string | null | undefined): Promise<boolean>;
}

/** The least cost that OWASP and the contract accept: about a quarter of a second. */
const COST = 12;
/** Leaves a core to the requests, and one of Node's four threads to everything else. */
const CONCURRENCY = Math.min(3, Math.max(2, availableParallelism() - 1));
/** Who waits behind more than these would not be answered in time. */
const QUEUE = 8 * CONCURRENCY;
/** bcrypt reads no further. */
export const MAX_PASSWORD_BYTES = 72;

/** Other numbers than the standard ones are for tests. */
export function createPasswords({ cost = COST, concurrency = CONCURRENCY, queue = QUEUE } = {}): Passwords {
  const limit = pLimit(concurrency);
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (limit.activeCount + limit.pendingCount >= concurrency + queue) throw busy();
    return limit(work);
  };
  // Well-formed, of no password: comparing with it takes as long as with any other.
  const nobodys = `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;
  return {
    hash: (password) => inTurn(() => hash(password, cost)),
    matches: (password, passwordHash) =>
      inTurn(async () => {
        const isSame = await verify(password, passwordHash ?? nobodys);
        return (
          isSame && typeof passwordHash === 'string' && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES
        );
      }),
  };
}

function busy(): ApiError {
  return new ApiError('unavailable', 'Too many sign-ins at once. Try again in a few seconds.', {
    retryAfterSeconds: 3,
  });
}
