import { Secret, TOTP } from 'otpauth';

/** What authenticator apps assume, and most can do nothing else (RFC 6238). */
const FORM = { algorithm: 'SHA1', digits: 6, period: 30 };
/** How many steps the clocks of phone and server may be apart. */
const WINDOW = 1;
/** As many bytes as SHA-1 has, as RFC 4226 recommends. */
const SECRET_BYTES = 20;
/** The library throws for some texts that are none. */
const CODE = /^\d{6}$/;
const ISSUER = 'Perpetua';

/** In base32. */
export function newSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** What an authenticator app reads from a QR code. */
export function otpauthUrl(secret: string, label: string): string {
  return totpOf(secret, label).toString();
}

/** The time step whose code it is, if that is this one or the one before or after; null for any other code. */
export function stepOf(secret: string, code: string, now: Date): number | null {
  if (!CODE.test(code)) return null;
  const totp = totpOf(secret);
  const timestamp = now.getTime();
  const delta = totp.validate({ token: code, timestamp, window: WINDOW });
  return delta === null ? null : totp.counter({ timestamp }) + delta;
}

function totpOf(secret: string, label = ''): TOTP {
  return new TOTP({ ...FORM, issuer: ISSUER, label, secret: Secret.fromBase32(secret) });
}
