import { Secret } from 'otpauth';

const COUNT = 10;
/** 16 letters and digits of base32: nobody guesses them, so that a fast hash keeps them. */
const BYTES = 10;

/** As they are shown, once: `ABCD-EFGH-IJKL-MNOP`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: COUNT }, () =>
    (new Secret({ size: BYTES }).base32.match(/.{4}/g) ?? []).join('-'),
  );
}
