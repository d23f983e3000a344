import { createHash } from 'node:crypto';
import { createVault, readRootSecret, type Vault } from '../exchanges/vault.ts';
import { ConfigurationError, type Configuration } from './configuration.ts';

/**
 * The vault under ENCRYPTION_KEY; what is sealed under one of ENCRYPTION_KEY_PREVIOUS opens too. The id of a key is taken from
 * the key itself: another key is another id.
 */
export function openVault({ encryptionKey, previousEncryptionKeys }: Configuration['secrets']): Vault {
  if (encryptionKey === undefined)
    throw new ConfigurationError('ENCRYPTION_KEY is required here: take what `openssl rand -hex 32` gives.');
  const current = read('ENCRYPTION_KEY', encryptionKey);
  const previous = previousEncryptionKeys.map((key) => read('ENCRYPTION_KEY_PREVIOUS', key));
  const keys = Object.fromEntries([...previous, current].map((root) => [idOf(root), root]));
  return createVault({ currentKeyId: idOf(current), keys });
}

function read(name: string, key: string): Buffer {
  try {
    return readRootSecret(key);
  } catch (error) {
    throw new ConfigurationError(`${name}: ${(error as Error).message}`);
  }
}

function idOf(root: Buffer): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 12);
}
