import test from 'ava';
import { ApiError } from '../errors.ts';
import { startApi } from '../testing/start-api.ts';
import { PASSWORD, testIdentity } from '../testing/identity.ts';
import { weaknessOf } from './password-policy.ts';
import { createPasswords } from './passwords.ts';

/** On a busy machine a test waits rather than fails. */
const PATIENCE_MS = 60_000;

const ONE_PLACE = { cost: 4, concurrency: 1, queue: 0, patienceMs: PATIENCE_MS };

test('A password matches its own hash only, and none matches no hash', async (t) => {
  const { hash, matches } = createPasswords({ cost: 4, patienceMs: PATIENCE_MS });
  const stored = await hash(PASSWORD);
  t.true(await matches(PASSWORD, stored));
  t.false(await matches(`${PASSWORD}x`, stored));
  for (const none of [null, undefined]) t.false(await matches('', none));
  t.not(await hash(PASSWORD), stored);
});

test('As many are hashed at once as may be, as many wait, and the next is refused', async (t) => {
  const { hash } = createPasswords({ cost: 4, concurrency: 1, queue: 2, patienceMs: PATIENCE_MS });
  const hashed = [hash(PASSWORD), hash(PASSWORD), hash(PASSWORD)];
  const refused = await t.throwsAsync(async () => hash(PASSWORD), { instanceOf: ApiError });
  t.like(refused, { code: 'unavailable', status: 503 });
  await Promise.all(hashed);
  t.regex(await hash(PASSWORD), /^\$2b\$04\$/);
});

test.serial(
  'Who has waited too long is refused when the turn comes, and nothing is hashed for them',
  async (t) => {
    const { hash } = createPasswords({ cost: 12, concurrency: 1, queue: 2, patienceMs: 100 });
    const [first, second] = await Promise.allSettled([hash(PASSWORD), hash(PASSWORD)]);
    t.is(first.status, 'fulfilled');
    t.like(second, { status: 'rejected', reason: { code: 'unavailable' } });
    // A slow turn keeps nobody out who has not waited.
    t.regex(await hash(PASSWORD), /^\$2b\$12\$/);
  },
);

test.serial('Whose turn would end too late is refused, though they have not waited as long', async (t) => {
  const turns: number[] = [];
  for (let count = 0; count < 3; count++) {
    const start = performance.now();
    await createPasswords({ cost: 12, patienceMs: PATIENCE_MS }).hash(PASSWORD);
    turns.push(performance.now() - start);
  }
  // Of the quickest: on a busy machine the others may take longer, hardly any less.
  const turnMs = Math.min(...turns);
  const { hash } = createPasswords({ cost: 12, concurrency: 1, queue: 2, patienceMs: 1.4 * turnMs });
  await hash(PASSWORD);
  const [first, second] = await Promise.allSettled([hash(PASSWORD), hash(PASSWORD)]);
  t.is(first.status, 'fulfilled');
  t.like(second, { status: 'rejected', reason: { code: 'unavailable' } });
});

test('A password is replaced where the current one is right, in one turn of the queue', async (t) => {
  const { hash, matches, replace } = createPasswords(ONE_PLACE);
  const stored = await hash(PASSWORD);
  t.is(await replace('Wrong-Horse-7', stored, 'battery-Staple-8'), null);
  t.is(await replace(PASSWORD, null, 'battery-Staple-8'), null);
  t.true(await matches('battery-Staple-8', await replace(PASSWORD, stored, 'battery-Staple-8')));
});

test('A place in the queue is free again once its work has failed, whatever it failed of', async (t) => {
  const { hash, inPlace, matches } = createPasswords(ONE_PLACE);
  await t.throwsAsync(
    inPlace(() => Promise.reject(new Error('The work failed.'))),
    { message: 'The work failed.' },
  );
  await t.throwsAsync(hash(7 as unknown as string), { instanceOf: TypeError });
  t.false(await matches(PASSWORD, null));
  t.true(await matches(PASSWORD, await hash(PASSWORD)));
});

test('A password is the same however a keyboard writes its letters', async (t) => {
  const { hash, matches, replace } = createPasswords({ cost: 4, patienceMs: PATIENCE_MS });
  const [composed, decomposed, wide] = ['Zo\u00eb-Horse-7', 'Zoe\u0308-Horse-7', 'Zo\u00eb-Horse-\uff17'];
  const stored = await hash(decomposed);
  for (const written of [composed, decomposed, wide]) t.true(await matches(written, stored), written);
  t.true(await matches(composed, await replace(wide, stored, decomposed)));
  // One character that stands for 18 letters of two bytes each: of these four that is 144 bytes and more.
  t.regex(String(weaknessOf('\ufdfa'.repeat(4) + 'aB3$', 'a@example.com')), /bytes/);
});

test('Who is refused for want of room is answered 503 and told when to come back before anything is read, and not counted', async (t) => {
  const identity = testIdentity();
  identity.passwords = createPasswords({ cost: 4, concurrency: 1, queue: -1 });
  const { call, knex } = await startApi(t, {}, { identity });
  const queries: string[] = [];
  knex.on('query', ({ sql }: { sql: string }) => queries.push(sql));
  const { status, headers } = await call('POST', '/auth/login', {
    email: 'a@example.com',
    password: PASSWORD,
  });
  t.deepEqual(queries, []);
  t.is(status, 503);
  t.truthy(headers.get('Retry-After'));
  t.deepEqual(await knex('login_attempts'), []);
});
