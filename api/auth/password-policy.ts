import { isCommon } from './common-passwords.ts';
import { MAX_PASSWORD_BYTES, normalized } from './passwords.ts';

const MIN_PASSWORD_BYTES = 8;

const KINDS: [kind: string, pattern: RegExp][] = [
  ['an upper-case letter', /\p{Lu}/u],
  ['a lower-case letter', /\p{Ll}/u],
  ['a digit', /\p{Nd}/u],
  ['a special character', /[^\p{L}\p{N}\s]/u],
];

/** What is wrong with a new password for that address, in words; null where nothing is. */
export function weaknessOf(written: string, email: string): string | null {
  const password = normalized(written);
  const bytes = Buffer.byteLength(password);
  if (bytes < MIN_PASSWORD_BYTES || bytes > MAX_PASSWORD_BYTES)
    return `Must have ${MIN_PASSWORD_BYTES} to ${MAX_PASSWORD_BYTES} bytes (a letter with an accent has more than one)`;
  const missing = KINDS.filter(([, pattern]) => !pattern.test(password)).map(([kind]) => kind);
  if (missing.length > 0) return `Must contain ${missing.join(', ')}`;
  if (password.toLowerCase() === email.toLowerCase()) return 'Must not be the email address';
  if (isCommon(password, email)) return 'Is among the passwords that are guessed first. Choose another';
  return null;
}
