import test from 'ava';
import type { DataFolder } from './data-folder.ts';
import { planStart, settingsOf, type Variables } from './plan.ts';

const secrets = {
  ...{ secretKey: '0'.repeat(64), encryptionKey: '1'.repeat(64) },
  ...{ databasePassword: 'password', controlToken: 'token' },
};

/** Host names that the API of a start answers to. */
function allowedHosts(variables: Variables): readonly string[] {
  const folder = { secrets } as DataFolder;
  return planStart(variables, settingsOf(variables), folder).configuration.api.allowedHosts;
}

test('A start that only this machine can reach answers to its names only', (t) => {
  for (const HOST of [undefined, '127.0.0.1', 'localhost', '::1'])
    t.deepEqual(allowedHosts({ HOST }), ['localhost', '127.0.0.1', '[::1]'], HOST);
});

test('A start that others can reach, or that is told its names, keeps them', (t) => {
  t.deepEqual(allowedHosts({ HOST: '0.0.0.0' }), ['*']);
  t.deepEqual(allowedHosts({ ALLOWED_HOSTS: 'bots.example' }), ['bots.example']);
  t.true(allowedHosts({ DEBUG: 'False' }).includes('api.scalperbot.com'));
});
