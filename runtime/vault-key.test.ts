import test from 'ava';
import { ConfigurationError, readConfiguration } from './configuration.ts';
import { openVault, sealingKeys } from './vault-key.ts';

const REQUIRED = {
  DATABASE_URL: 'postgresql://user@localhost:5432/perpetua',
  SECRET_KEY: 'x'.repeat(32),
};
/** Of an older service. */
const FERNET = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';
const HEX = 'ab'.repeat(32);
const ROW = { accountId: 'a', userId: 'u', exchange: 'Binance', kind: 'live' } as const;
const KEYS = { apiKey: 'key', secret: 'secret' };

const vaultOf = (variables: Record<string, string>) =>
  openVault(readConfiguration({ ...REQUIRED, ...variables }).secrets);

test('P14: what is sealed under one key opens while that key is one of the previous, however they are written', (t) => {
  const before = vaultOf({ ENCRYPTION_KEY: FERNET });
  const { sealed } = before.seal(KEYS, ROW);
  for (const ENCRYPTION_KEY_PREVIOUS of [
    FERNET,
    `${'cd'.repeat(32)}, ${FERNET}`,
    `${FERNET} ${'cd'.repeat(32)}`,
  ]) {
    const during = vaultOf({ ENCRYPTION_KEY: HEX, ENCRYPTION_KEY_PREVIOUS });
    t.deepEqual(during.open(sealed, ROW), KEYS);
    t.not(during.currentKeyId, before.currentKeyId);
    t.is(during.currentKeyId, vaultOf({ ENCRYPTION_KEY: HEX }).currentKeyId);
  }
  t.throws(() => vaultOf({ ENCRYPTION_KEY: HEX }).open(sealed, ROW), { message: /not configured/ });
});

test('a key that is missing or malformed is refused by its name, and not repeated', (t) => {
  for (const [variables, message] of [
    [{}, /^ENCRYPTION_KEY is required/],
    [{ ENCRYPTION_KEY: 'hunter2' }, /^ENCRYPTION_KEY: .* 32 bytes/],
    [
      { ENCRYPTION_KEY: HEX, ENCRYPTION_KEY_PREVIOUS: `${FERNET},hunter2` },
      /^ENCRYPTION_KEY_PREVIOUS: .* 32 bytes/,
    ],
  ] as const) {
    const error = t.throws(() => vaultOf(variables), { instanceOf: ConfigurationError, message });
    t.notRegex(error.message, /hunter2|cw_0/);
  }
});

test('P5: each of the previous keys is hidden by itself', (t) => {
  const { redactions } = readConfiguration({ ...REQUIRED, ENCRYPTION_KEY_PREVIOUS: `${FERNET},${HEX}` });
  for (const key of [FERNET, HEX]) t.true(redactions.includes(key));
});

const configured = (encryptionKey: string | undefined, environment: 'development' | 'production') => ({
  secrets: { secretKey: '', encryptionKey, previousEncryptionKeys: [] },
  identity: { secret: '', olderSecret: undefined, environment, isForThisRun: false },
});

test('In production second factors are sealed under ENCRYPTION_KEY, or the API does not start', (t) => {
  const { keys, currentKeyId, isForThisRun } = sealingKeys(configured(HEX, 'production'));
  t.is(keys[currentKeyId]?.toString('hex'), HEX);
  t.false(isForThisRun);
  for (const [key, message] of [
    [undefined, /ENCRYPTION_KEY is required/],
    ['too-short', /32 bytes/],
  ] as const) {
    const error = t.throws(() => sealingKeys(configured(key, 'production')), {
      ...{ instanceOf: ConfigurationError, message },
    });
    t.false(error.message.includes('too-short'));
  }
});

test('In development a key is made for the run where there is none', (t) => {
  const made = sealingKeys(configured(undefined, 'development'));
  t.true(made.isForThisRun);
  t.not(made.currentKeyId, sealingKeys(configured(undefined, 'development')).currentKeyId);
  t.is(
    sealingKeys(configured(HEX, 'development')).currentKeyId,
    sealingKeys(configured(HEX, 'production')).currentKeyId,
  );
});
