import test from 'ava';
import { ApiError } from '../errors.ts';
import { startApi } from '../testing/start-api.ts';
import { PASSWORD, testIdentity } from '../testing/identity.ts';
import { isCommon } from './common-passwords.ts';
import { createPasswords } from './passwords.ts';

test('A password matches its own hash only, and none matches no hash', async (t) => {
  const { hash, matches } = createPasswords({ cost: 4 });
  const stored = await hash(PASSWORD);
  t.true(await matches(PASSWORD, stored));
  t.false(await matches(`${PASSWORD}x`, stored));
  for (const none of [null, undefined]) t.false(await matches('', none));
  t.not(await hash(PASSWORD), stored);
});

test('As many are hashed at once as may be, as many wait, and the next is refused', async (t) => {
  const { hash } = createPasswords({ cost: 4, concurrency: 1, queue: 2 });
  const hashed = [hash(PASSWORD), hash(PASSWORD), hash(PASSWORD)];
  const refused = await t.throwsAsync(async () => hash(PASSWORD), { instanceOf: ApiError });
  t.like(refused, { code: 'unavailable', status: 503 });
  await Promise.all(hashed);
  t.regex(await hash(PASSWORD), /^\$2b\$04\$/);
});

test('Who is refused for want of room is answered 503, told when to come back, and not counted', async (t) => {
  const identity = testIdentity();
  identity.passwords = createPasswords({ cost: 4, concurrency: 1, queue: -1 });
  const { call, knex } = await startApi(t, {}, { identity });
  const { status, headers } = await call('POST', '/auth/login', {
    email: 'a@example.com',
    password: PASSWORD,
  });
  t.is(status, 503);
  t.truthy(headers.get('Retry-After'));
  t.deepEqual(await knex('login_attempts'), []);
});

test('What is guessed first is known in its usual disguises, and what is not is let through', (t) => {
  for (const password of [
    'Password1!',
    'P@ssw0rd',
    'Qwerty123!',
    'Admin@123',
    'Welcome2025!',
    '1qaz@WSX',
    'Bitcoin$21',
  ])
    t.true(isCommon(password), password);
  for (const password of [PASSWORD, 'battery-Staple-8', 'Dragonfly-over-9-ponds', 'k7$Wq!z3Lm'])
    t.false(isCommon(password), password);
});
