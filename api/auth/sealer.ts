import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, errors, type CompactJWEHeaderParameters } from 'jose';
import { ApiError } from '../errors.ts';

/** Root secrets by key id, 32 bytes each: the current one, and former ones while rows are still sealed under them. */
export interface SealingKeys {
  currentKeyId: string;
  keys: Record<string, Buffer>;
}

/** Encrypts secrets of second factors, which have to be read again. What is sealed for one row opens for no other. */
export interface Sealer {
  /** `boundTo` names the row. `sealed` goes into it as it is. */
  seal(text: string, boundTo: string): Promise<{ sealed: string; keyId: string }>;
  /** Throws `unavailable` for what was changed, is another row's, or is sealed under a key that is not here. */
  open(sealed: string, boundTo: string): Promise<string>;
}

const ALGORITHM = 'dir';
const CIPHER = 'A256GCM';

/** JWEs (RFC 7516) under a key derived for this purpose alone: it opens nothing else that the root secret seals. */
export function createSealer({ currentKeyId, keys }: SealingKeys): Sealer {
  const derived = new Map(Object.entries(keys).map(([id, root]) => [id, deriveKey(root)]));
  const current = derived.get(currentKeyId);
  if (!current) throw new TypeError('The current encryption key is not among the keys.');
  const findKey = ({ kid = '' }: CompactJWEHeaderParameters) => {
    const key = derived.get(kid);
    if (!key) throw new errors.JWEDecryptionFailed('It is sealed under a key that is not configured');
    return key;
  };
  return {
    async seal(text, boundTo) {
      const sealed = await new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: ALGORITHM, enc: CIPHER, kid: currentKeyId, sub: boundTo })
        .encrypt(current);
      return { sealed, keyId: currentKeyId };
    },
    async open(sealed, boundTo) {
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(sealed, findKey, {
          keyManagementAlgorithms: [ALGORITHM],
          contentEncryptionAlgorithms: [CIPHER],
        });
        if (protectedHeader['sub'] !== boundTo) throw new errors.JWEDecryptionFailed('It is of another row');
        return new TextDecoder().decode(plaintext);
      } catch (error) {
        if (error instanceof errors.JOSEError) throw unreadable(error);
        throw error;
      }
    },
  };
}

function unreadable(cause: Error): ApiError {
  return new ApiError(
    'unavailable',
    'Your second factor cannot be read. Use a recovery code, and tell those who run this service.',
    { cause },
  );
}

function deriveKey(root: Buffer): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', root, '', 'perpetua second factors 1', 32));
}
