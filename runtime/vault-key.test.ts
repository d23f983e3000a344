import test from 'ava';
import { ConfigurationError, type Configuration } from './configuration.ts';
import { sealingKeys } from './vault-key.ts';

const KEY = '0123456789abcdef'.repeat(4);

const configuration = (
  encryptionKey: string | undefined,
  environment: 'development' | 'production',
): Pick<Configuration, 'secrets' | 'identity'> => ({
  secrets: { secretKey: '', encryptionKey },
  identity: { secret: '', olderSecret: undefined, environment, isForThisRun: false },
});

test('In production second factors are sealed under ENCRYPTION_KEY, or the API does not start', (t) => {
  const { keys, currentKeyId, isForThisRun } = sealingKeys(configuration(KEY, 'production'));
  t.is(keys[currentKeyId]?.toString('hex'), KEY);
  t.false(isForThisRun);
  for (const [key, message] of [
    [undefined, /ENCRYPTION_KEY is required/],
    ['too-short', /32 bytes/],
  ] as const) {
    const error = t.throws(() => sealingKeys(configuration(key, 'production')), {
      ...{ instanceOf: ConfigurationError, message },
    });
    t.false(error.message.includes('too-short'));
  }
});

test('In development a key is made for the run where there is none', (t) => {
  const made = sealingKeys(configuration(undefined, 'development'));
  t.true(made.isForThisRun);
  t.not(made.currentKeyId, sealingKeys(configuration(undefined, 'development')).currentKeyId);
  t.is(
    sealingKeys(configuration(KEY, 'development')).currentKeyId,
    sealingKeys(configuration(KEY, 'production')).currentKeyId,
  );
});
