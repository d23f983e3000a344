import { createHash, randomBytes } from 'node:crypto';
import { createVault, readRootSecret, type Vault, type VaultKeys } from '../exchanges/vault.ts';
import { ConfigurationError, type Configuration } from './configuration.ts';

/** The vault under ENCRYPTION_KEY. Its id is taken from the key itself: another key is another id. */
export function openVault(secrets: Configuration['secrets']): Vault {
  return createVault(keysOf(secrets));
}

/** What the API seals second factors under. In development one is made for the run, where ENCRYPTION_KEY is not set. */
export function sealingKeys({
  secrets,
  identity,
}: Pick<Configuration, 'secrets' | 'identity'>): VaultKeys & { isForThisRun: boolean } {
  const isForThisRun = secrets.encryptionKey === undefined && identity.environment === 'development';
  const encryptionKey = isForThisRun ? randomBytes(32).toString('hex') : secrets.encryptionKey;
  return { ...keysOf({ encryptionKey }), isForThisRun };
}

function keysOf({ encryptionKey }: Pick<Configuration['secrets'], 'encryptionKey'>): VaultKeys {
  if (encryptionKey === undefined)
    throw new ConfigurationError('ENCRYPTION_KEY is required here: take what `openssl rand -hex 32` gives.');
  let root: Buffer;
  try {
    root = readRootSecret(encryptionKey);
  } catch (error) {
    throw new ConfigurationError(`ENCRYPTION_KEY: ${(error as Error).message}`);
  }
  const id = createHash('sha256').update(root).digest('hex').slice(0, 12);
  return { currentKeyId: id, keys: { [id]: root } };
}
