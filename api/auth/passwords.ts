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
  /** The hash of `next` where `password` matches, else null. Both in one turn: who has waited once does not wait again. */
  replace(password: string, passwordHash: string | null | undefined, next: string): Promise<string | null>;
}

export interface PasswordQueue extends Passwords {
  /**
   * Work that leads to one of these, in a place of the queue that is held from its beginning: whom there is no room for is
   * refused (`busy`) before anything is read for them.
   */
  inPlace<T>(work: (passwords: Passwords) => Promise<T>): Promise<T>;
}

/** The least cost that OWASP and the contract accept: about a quarter of a second. */
const COST = 12;
/** Leaves a core to the requests, and one of Node's four threads to everything else. */
const CONCURRENCY = Math.max(1, Math.min(3, availableParallelism() - 1));
/** Who waits behind more than these would not be answered in time. */
const QUEUE = 8 * CONCURRENCY;
/** Nor would whose turn ends later than this, however few wait: the rest of the 3 s is for what is read and written besides. */
const PATIENCE_MS = 2_600;
/** bcrypt reads no further. */
export const MAX_PASSWORD_BYTES = 72;

/** Other numbers than the standard ones are for tests. */
export function createPasswords({
  cost = COST,
  concurrency = CONCURRENCY,
  queue = QUEUE,
  patienceMs = PATIENCE_MS,
} = {}): PasswordQueue {
  const limit = pLimit(concurrency);
  let places = concurrency + queue;
  /** How long the turn before took; not all of the patience, or after one slow turn nobody would have another. */
  let lastMs = 0;
  const inPlaceDo = async <T>(work: () => Promise<T>): Promise<T> => {
    if (places <= 0) throw busy();
    places -= 1;
    try {
      return await work();
    } finally {
      places += 1;
    }
  };
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const since = performance.now();
    return limit(async () => {
      const start = performance.now();
      if (start - since + lastMs > patienceMs) throw busy();
      const done = await work();
      lastMs = Math.min(performance.now() - start, patienceMs / 2);
      return done;
    });
  };
  const passwords = inTurns(cost, inTurn);
  return {
    hash: (...given) => inPlaceDo(() => passwords.hash(...given)),
    matches: (...given) => inPlaceDo(() => passwords.matches(...given)),
    replace: (...given) => inPlaceDo(() => passwords.replace(...given)),
    inPlace: (work) => inPlaceDo(() => work(passwords)),
  };
}

function inTurns(cost: number, inTurn: <T>(work: () => Promise<T>) => Promise<T>): Passwords {
  // Well-formed, of no password: comparing with it takes as long as with any other.
  const nobodys = `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;
  const hashed = (password: string) => hash(normalized(password), cost);
  const isOf = async (written: string, passwordHash: string | null | undefined): Promise<boolean> => {
    const password = normalized(written);
    const isSame = await verify(password, passwordHash ?? nobodys);
    return isSame && typeof passwordHash === 'string' && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES;
  };
  return {
    hash: (password) => inTurn(() => hashed(password)),
    matches: (password, passwordHash) => inTurn(() => isOf(password, passwordHash)),
    replace: (password, passwordHash, next) =>
      inTurn(async () => ((await isOf(password, passwordHash)) ? hashed(next) : null)),
  };
}

/** The same text, whichever of the ways to write a letter a keyboard has taken (Unicode NFKC, as NIST SP 800-63B asks). */
export function normalized(password: string): string {
  return password.normalize('NFKC');
}

function busy(): ApiError {
  return new ApiError('unavailable', 'Too many sign-ins at once. Try again in a few seconds.', {
    retryAfterSeconds: 3,
  });
}
