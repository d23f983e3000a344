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

test('a root secret is read from hex and base64, and a wrong one is not repeated', (t) => {
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
