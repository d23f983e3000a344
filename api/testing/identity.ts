import { randomBytes } from 'node:crypto';
import { createPasswords, type Passwords } from '../auth/passwords.ts';
import { createIdentity, type IdentityOptions, type Identity } from '../auth/identity.ts';
import type { Call } from './start-api.ts';

export const TEST_SECRET = 'a-secret-of-tests-0123456789abcdef';
/** One key for all tests of a file, so that several APIs may share a database. */
const TEST_SEALING = { currentKeyId: 'test', keys: { test: randomBytes(32) } };
export const PASSWORD = 'correct-Horse-7';

/** Signing in as in development, with hashes that take a millisecond, for which any number wait as long as it takes. */
export function testIdentity(options: Partial<IdentityOptions> = {}): Identity {
  const standard = { secret: TEST_SECRET, sealing: TEST_SEALING, environment: 'development' } as const;
  return {
    ...createIdentity({ ...standard, ...options }),
    passwords: createPasswords({ cost: options.passwordCost ?? 4, queue: 1_000, patienceMs: 60_000 }),
  };
}

/** Puts something around the comparison of passwords that a sign-in makes. */
export function aroundMatches(
  { passwords }: Identity,
  around: (matches: Passwords['matches']) => Passwords['matches'],
): void {
  const { inPlace } = passwords;
  passwords.inPlace = (work) => inPlace((inTurn) => work({ ...inTurn, matches: around(inTurn.matches) }));
}

/** A point that a test lets others pass when it wants to. */
export function gate(): { passed: Promise<void>; open(): void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

/** A clock that goes on by hand. */
export function testClock(): { now: () => Date; pass(ms: number): void } {
  let at = Date.now();
  return {
    now: () => new Date(at),
    pass: (ms) => {
      at += ms;
    },
  };
}

export interface Pair {
  access_token: string;
  refresh_token: string;
  token_type: string;
}

/** Registers `email` with `PASSWORD` and signs in. */
export async function signedIn(
  call: Call,
  email: string,
): Promise<Pair & { id: string; email: string; headers: { Authorization: string } }> {
  const { body: user } = await call<{ id: string }>('POST', '/auth/register', { email, password: PASSWORD });
  const { body } = await call<Pair>('POST', '/auth/login', { email, password: PASSWORD });
  return { ...body, id: user.id, email, headers: bearer(body.access_token) };
}

export function bearer(token: string): { Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}
