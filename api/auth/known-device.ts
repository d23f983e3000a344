import { randomBytes } from 'node:crypto';
import { extendKnownDevice, insertKnownDevice } from '../../db/known-devices.ts';
import type { IdentityContext } from '../commands/context.ts';

/**
 * The cookie that says where a user has signed in before (OWASP's device cookies). It opens nothing: who shows it has a count
 * of failures of their own, which strangers cannot fill.
 */
export const DEVICE_COOKIE = 'perpetua_device';

/** From the last sign-in on. */
const KNOWN_SECONDS = 180 * 24 * 3_600;
const TOKEN_BYTES = 32;

/** Knows the device from now on as one of the user's; returns what it is to show. One that is known keeps what it has. */
export async function rememberDevice(
  userId: string,
  shown: string | null,
  { knex, identity: { now } }: IdentityContext,
): Promise<string> {
  const at = now();
  const expiresAt = new Date(at.getTime() + KNOWN_SECONDS * 1_000);
  if (shown !== null && (await extendKnownDevice(knex, { userId, token: shown, expiresAt }, at)))
    return shown;
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  await insertKnownDevice(knex, { userId, token, expiresAt }, at);
  return token;
}

/** The header that leaves it with a browser: for whatever signs in, below /auth and /oauth, out of the reach of pages. */
export function deviceCookie(token: string, { secure }: { secure: boolean }): { 'Set-Cookie': string } {
  const parts = [`${DEVICE_COOKIE}=${token}`, `Max-Age=${KNOWN_SECONDS}`, 'Path=/'];
  return { 'Set-Cookie': [...parts, 'HttpOnly', 'SameSite=Lax', ...(secure ? ['Secure'] : [])].join('; ') };
}
