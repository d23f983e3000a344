import { createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';

const VERSION = 0x80;
/** Version (1), time (8), initialization vector (16). */
const VECTOR_AT = 9;
const TEXT_AT = 25;
const BLOCK_BYTES = 16;
const MAC_BYTES = 32;
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;

/**
 * What a Fernet token holds, or null where it was not made under this key (32 bytes) or was changed: the signature over all of
 * it is looked at first. How old it is does not matter here. Format: github.com/fernet/spec.
 */
export function openFernet(token: string, key: Buffer): Buffer | null {
  const bytes = decode(token);
  if (bytes === null) return null;
  const signed = bytes.subarray(0, -MAC_BYTES);
  const mac = createHmac('sha256', key.subarray(0, 16)).update(signed).digest();
  if (!timingSafeEqual(mac, bytes.subarray(-MAC_BYTES))) return null;
  try {
    const vector = signed.subarray(VECTOR_AT, TEXT_AT);
    const decipher = createDecipheriv('aes-128-cbc', key.subarray(16), vector);
    return Buffer.concat([decipher.update(signed.subarray(TEXT_AT)), decipher.final()]);
  } catch {
    return null;
  }
}

function decode(token: string): Buffer | null {
  if (!BASE64URL.test(token) || token.length % 4 !== 0) return null;
  const bytes = Buffer.from(token, 'base64url');
  const textBytes = bytes.length - TEXT_AT - MAC_BYTES;
  if (bytes[0] !== VERSION || textBytes < BLOCK_BYTES || textBytes % BLOCK_BYTES !== 0) return null;
  // Bits that no byte takes up may not differ either: a token is written in one way.
  return bytes.toString('base64url') === token.replace(/=+$/, '') ? bytes : null;
}
