import { createHash } from 'node:crypto';
import { createVault, readRootSecret, type Vault } from '../exchanges/vault.ts';
import { ConfigurationError, type Configuration } from './configuration.ts';

/** The vault under ENCRYPTION_KEY. Its id is taken from the key itself: another key is another id. */
export function openVault({ encryptionKey }: Configuration['secrets']): Vault {
  if (encryptionKey === undefined)
    throw new ConfigurationError('ENCRYPTION_KEY is required here: take what `openssl rand -hex 32` gives.');
  let root: Buffer;
  try {
    root = readRootSecret(encryptionKey);
  } catch (error) {
    throw new ConfigurationError(`ENCRYPTION_KEY: ${(error as Error).message}`);
  }
  const id = createHash('sha256').update(root).digest('hex').slice(0, 12);
  return createVault({ currentKeyId: id, keys: { [id]: root } });
}
