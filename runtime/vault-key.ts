import { createHash, randomBytes } from 'node:crypto';
import { createVault, readRootSecret, type Vault, type VaultKeys } from '../exchanges/vault.ts';
import { ConfigurationError, type Configuration } from './configuration.ts';

/** The vault under `vaultKeys`. */
export function openVault(secrets: Configuration['secrets']): Vault {
  return createVault(vaultKeys(secrets));
}

/** What the API seals under. In development one is made for the run, where ENCRYPTION_KEY is not set. */
export function sealingKeys({
  secrets,
  identity,
}: Pick<Configuration, 'secrets' | 'identity'>): VaultKeys & { isForThisRun: boolean } {
  const isForThisRun = secrets.encryptionKey === undefined && identity.environment === 'development';
  const encryptionKey = isForThisRun ? randomBytes(32).toString('hex') : secrets.encryptionKey;
  return { ...vaultKeys({ ...secrets, encryptionKey }), isForThisRun };
}

/**
 * ENCRYPTION_KEY, and those of ENCRYPTION_KEY_PREVIOUS, under which what they sealed opens still. The id of a key is taken from
 * the key itself: another key is another id.
 */
export function vaultKeys({ encryptionKey, previousEncryptionKeys }: Configuration['secrets']): VaultKeys {
  if (encryptionKey === undefined)
    throw new ConfigurationError('ENCRYPTION_KEY is required here: take what `openssl rand -hex 32` gives.');
  const current = read('ENCRYPTION_KEY', encryptionKey);
  const previous = previousEncryptionKeys.map((key) => read('ENCRYPTION_KEY_PREVIOUS', key));
  const keys = Object.fromEntries([...previous, current].map((root) => [idOf(root), root]));
  return { currentKeyId: idOf(current), keys };
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
