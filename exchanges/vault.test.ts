import { randomBytes } from 'node:crypto';
import test from 'ava';
import { createVault, readRootSecret, VaultError, type VaultRow } from './vault.ts';

const CREDENTIALS = { apiKey: 'canary-api-key', secret: 'canary-secret-ß' };
const ROW: VaultRow = { accountId: 'a1', userId: 'u1', exchange: 'Binance', kind: 'live' };

test('what is sealed opens for its own row', (t) => {
  const vault = setup();
  const { sealed, keyId } = vault.seal(CREDENTIALS, ROW);
  t.is(keyId, 'k2');
  t.deepEqual(vault.open(sealed, ROW), CREDENTIALS);
});

test('a passphrase is sealed with the keys it belongs to', (t) => {
  const vault = setup();
  const withPassphrase = { ...CREDENTIALS, passphrase: 'canary passphrase' };
  const { sealed } = vault.seal(withPassphrase, ROW);
  t.false(sealed.includes('canary'));
  t.deepEqual(vault.open(sealed, ROW), withPassphrase);
});

test('the same credentials are never sealed to the same bytes, nor in clear', (t) => {
  const vault = setup();
  const [one, two] = [vault.seal(CREDENTIALS, ROW).sealed, vault.seal(CREDENTIALS, ROW).sealed];
  t.notDeepEqual(one, two);
  for (const canary of ['canary', Buffer.from('canary').toString('hex')]) t.false(one.includes(canary));
});

for (const other of [
  { accountId: 'a2' },
  { userId: 'u2' },
  { exchange: 'CoinDCX F' },
  { kind: 'paper' } as const,
]) {
  test(`a row with another ${Object.keys(other)[0]} does not open it`, (t) => {
    const vault = setup();
    const { sealed } = vault.seal(CREDENTIALS, ROW);
    assertRefused(
      t.throws(() => vault.open(sealed, { ...ROW, ...other })),
      'unreadable',
    );
    t.pass();
  });
}

test('every cut and every changed bit is found', (t) => {
  const vault = setup();
  const { sealed } = vault.seal(CREDENTIALS, ROW);
  for (let length = 0; length < sealed.length; length++) {
    t.throws(() => vault.open(sealed.subarray(0, length), ROW), { instanceOf: VaultError });
  }
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    t.throws(() => vault.open(changed, ROW), { instanceOf: VaultError });
  }
});

test('a tag of four bytes, which GCM knows too, is not taken', (t) => {
  const vault = setup();
  const { sealed } = vault.seal({ apiKey: '', secret: '' }, ROW);
  t.throws(() => vault.open(sealed.subarray(0, -12), ROW), { instanceOf: VaultError });
});

test('P14: rows of a former key stay readable, rows of a key that is gone say so', (t) => {
  const [former, current] = [randomBytes(32), randomBytes(32)];
  const before = createVault({ currentKeyId: 'k1', keys: { k1: former } });
  const { sealed } = before.seal(CREDENTIALS, ROW);
  const both = createVault({ currentKeyId: 'k2', keys: { k1: former, k2: current } });
  t.deepEqual(both.open(sealed, ROW), CREDENTIALS);
  t.is(both.seal(CREDENTIALS, ROW).keyId, 'k2');
  const after = createVault({ currentKeyId: 'k2', keys: { k2: current } });
  const error = t.throws(() => after.open(sealed, ROW), { instanceOf: VaultError });
  assertRefused(error, 'unknown_key');
  t.regex(error.message, /"k1"/);
});

/** Made by Python's `cryptography` under FERNET_KEY: key, secret, passphrase. */
const TOKENS = [
  'gAAAAABrAgCoXfyWaPsYH1vX_QPLtusmsPgzriB6WNzNe5cp-qW_gPCWZRVssbuokct8NZezank7PKZM4Vjf9Ct3dq-DCRfbrSQHFnQjfNr1m_mRmCld0UY=',
  'gAAAAABrAgCo62h2gch0YwCEF_sFSLUPQTpuf-ZdrP754og_aU6Ty0uua2EDSmKhrR_Ny2J7v09ADKOzT8QOSAiguWKztjaExpCSsIT-dC34NPXLvNQzcUo=',
  'gAAAAABrAgCoxqTfl02_pJZLSjnxWRCb0KAYmSaHjaXiCvNLNs2I68fF5SGqRj0y7vf30UvvoVaKqc9X_s1clcgiKjIjaj_T5YcuYz438nVDhekf8gf9LI4=',
];
const FERNET_KEY = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';

test("trading-api 22: tokens of the Python service open under its key, and what is sealed under it is a row's own", (t) => {
  const root = readRootSecret(FERNET_KEY);
  const vault = createVault({ currentKeyId: 'new', keys: { new: randomBytes(32), old: root } });
  const moved = Buffer.from(TOKENS.join('\n'));
  const apiKey = 'bg_0123456789abcdef';
  const secret = 'canary-secret-ß';
  t.deepEqual(vault.open(moved, ROW), { apiKey, secret, passphrase: 'canary passphrase' });
  t.deepEqual(vault.open(Buffer.from(TOKENS.slice(0, 2).join('\n')), ROW), { apiKey, secret });
  for (const tokens of [
    TOKENS.slice(0, 1),
    [TOKENS[0], 'gAAA'],
    [TOKENS[0]!.replace('XfyW', 'XfyX'), TOKENS[1]],
  ])
    assertRefused(
      t.throws(() => vault.open(Buffer.from(tokens.join('\n')), ROW)),
      'unreadable',
    );
  const { sealed, keyId } = createVault({ currentKeyId: 'f', keys: { f: root } }).seal(CREDENTIALS, ROW);
  t.is(keyId, 'f');
  t.is(sealed[0], 1);
});

test('a root secret is read from hex and base64, and a wrong one is not repeated', (t) => {
  t.deepEqual(readRootSecret(FERNET_KEY), Buffer.from(FERNET_KEY, 'base64url'));
  for (const wrong of [`${FERNET_KEY}=`, FERNET_KEY.slice(1), FERNET_KEY.replace('cw', '!!'), 'a'.repeat(63)])
    t.throws(() => readRootSecret(wrong), { instanceOf: TypeError }, wrong);
  const root = randomBytes(32);
  t.deepEqual(readRootSecret(root.toString('hex')), root);
  t.deepEqual(readRootSecret(root.toString('base64')), root);
  const error = t.throws(() => readRootSecret('canary-too-short'), { instanceOf: TypeError });
  t.notRegex(error.message, /canary/);
});

function setup() {
  return createVault({ currentKeyId: 'k2', keys: { k1: randomBytes(32), k2: randomBytes(32) } });
}

function assertRefused(error: unknown, code: VaultError['code']): asserts error is VaultError {
  if (!(error instanceof VaultError) || error.code !== code) throw new Error(`not a VaultError ${code}`);
  if (/canary/.test(`${error.message}${error.stack ?? ''}`)) throw new Error('the error repeats a secret');
}
