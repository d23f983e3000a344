import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { openFernet } from './fernet.ts';
import type { Credentials } from './port.ts';

/** The row that sealed credentials belong to: what is sealed for one row opens for no other. */
export interface VaultRow {
  accountId: string;
  userId: string;
  exchange: string;
  /** A paper account's keys open for no live one, nor the other way round: each kind is sent elsewhere. */
  kind: 'paper' | 'live';
}

export interface Vault {
  /** The key that `seal` encrypts under. */
  currentKeyId: string;
  /** Encrypts under the current key. `sealed` goes into the row as it is. */
  seal(credentials: Credentials, row: VaultRow): { sealed: Buffer; keyId: string };
  /** Decrypts with whichever key it was sealed under. Throws `VaultError`. */
  open(sealed: Buffer, row: VaultRow): Credentials;
}

/** `unknown_key`: sealed under a key that is not here. `unreadable`: cut, changed, or of another row. Says nothing secret. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly code: 'unknown_key' | 'unreadable';
  constructor(code: 'unknown_key' | 'unreadable', message: string) {
    super(message);
    this.code = code;
  }
}

export interface VaultKeys {
  /** The key that new credentials are sealed under. */
  currentKeyId: string;
  /** Root secrets by key id, 32 bytes each: the current one, and former ones while rows are still sealed under them. */
  keys: Record<string, Buffer>;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = 1;
/** With what a Fernet token begins: 0x80 in base64. */
const FERNET = 'g'.charCodeAt(0);
/** `exchange_accounts.sealed_key_id` holds 40 characters. */
const KEY_ID = /^[A-Za-z0-9._-]{1,40}$/;

/**
 * Seals exchange credentials with AES-256-GCM. A sealed value is: format (1 byte), length of the key id (1), key id, nonce (12),
 * ciphertext, tag (16). All before the nonce, and the row, are authenticated too.
 *
 * Fernet tokens are opened as well, so that rows of another service can be moved here as they are: `sealed` is then the tokens
 * of key, secret and, where there is one, passphrase, with line feeds between them. They are bound to no row.
 */
export function createVault({ currentKeyId, keys }: VaultKeys): Vault {
  const derived = new Map(Object.entries(keys).map(([id, root]) => [id, deriveKey(id, root)]));
  const current = derived.get(currentKeyId);
  if (!current) throw new TypeError('The current encryption key is not among the keys.');

  return {
    currentKeyId,

    seal(credentials, row) {
      const header = headerOf(currentKeyId);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, current, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(boundTo(header, row));
      const text = Buffer.concat([cipher.update(JSON.stringify(credentials), 'utf8'), cipher.final()]);
      return { sealed: Buffer.concat([header, nonce, text, cipher.getAuthTag()]), keyId: currentKeyId };
    },

    open(sealed, row) {
      if (sealed[0] === FERNET) return openTokens(sealed, Object.values(keys));
      const { keyId, header, nonce, text, tag } = split(sealed);
      const key = derived.get(keyId);
      if (!key) throw new VaultError('unknown_key', unknownKey(keyId));
      try {
        const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(boundTo(header, row));
        decipher.setAuthTag(tag);
        return JSON.parse(
          Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8'),
        ) as Credentials;
      } catch {
        throw unreadable();
      }
    },
  };
}

/**
 * Reads a root secret as configuration carries it: 32 bytes in hex or base64, url-safe as Fernet keys are too. Throws TypeError
 * without repeating it.
 */
export function readRootSecret(text: string): Buffer {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (/^([A-Za-z0-9+/]{43}|[A-Za-z0-9_-]{43})=?$/.test(text)) return Buffer.from(text, 'base64');
  throw new TypeError('An encryption key is 32 bytes, written in hex or base64 (as a Fernet key is).');
}

function deriveKey(id: string, root: Buffer): Buffer {
  if (!KEY_ID.test(id))
    throw new TypeError('A key id is 1 to 40 letters, digits, dots, dashes or underscores.');
  if (root.length !== KEY_BYTES) throw new TypeError(`Encryption key ${id} is not 32 bytes long.`);
  return Buffer.from(hkdfSync('sha256', root, '', 'perpetua exchange credentials 1', KEY_BYTES));
}

function headerOf(keyId: string): Buffer {
  const id = Buffer.from(keyId, 'latin1');
  return Buffer.concat([Buffer.from([FORMAT, id.length]), id]);
}

function boundTo(header: Buffer, { accountId, userId, exchange, kind }: VaultRow): Buffer {
  return Buffer.concat([header, Buffer.from(JSON.stringify([accountId, userId, exchange, kind]), 'utf8')]);
}

interface Parts {
  keyId: string;
  header: Buffer;
  nonce: Buffer;
  text: Buffer;
  tag: Buffer;
}

function split(sealed: Buffer): Parts {
  const idEnd = 2 + (sealed[1] ?? 0);
  if (sealed[0] !== FORMAT || sealed.length < idEnd + NONCE_BYTES + TAG_BYTES) throw unreadable();
  return {
    keyId: sealed.toString('latin1', 2, idEnd),
    header: sealed.subarray(0, idEnd),
    nonce: sealed.subarray(idEnd, idEnd + NONCE_BYTES),
    text: sealed.subarray(idEnd + NONCE_BYTES, -TAG_BYTES),
    tag: sealed.subarray(-TAG_BYTES),
  };
}

function openTokens(sealed: Buffer, roots: readonly Buffer[]): Credentials {
  const [apiKey, secret, passphrase] = sealed
    .toString('latin1')
    .split('\n')
    .map((token) => openToken(token, roots));
  if (apiKey === undefined || secret === undefined) throw unreadable();
  return { apiKey, secret, ...(passphrase !== undefined && { passphrase }) };
}

/** A token does not say which key it was made under. */
function openToken(token: string, roots: readonly Buffer[]): string {
  for (const root of roots) {
    const text = openFernet(token, root);
    if (text !== null) return text.toString('utf8');
  }
  throw unreadable();
}

/** A cut or changed header may hold anything: only what can be a key's id is repeated. */
function unknownKey(keyId: string): string {
  const named = KEY_ID.test(keyId) ? ` "${keyId}"` : '';
  return `These credentials are sealed under a key${named} that is not configured. Add that key, or enter the API key anew.`;
}

function unreadable(): VaultError {
  return new VaultError(
    'unreadable',
    'These credentials cannot be opened: they were changed or belong to another account. Enter the API key anew.',
  );
}
