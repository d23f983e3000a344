import test from 'ava';
import { freshDatabase, type Scope } from '../runtime/testing/database.ts';
import { until } from '../runtime/testing/stack.ts';
import { followEvents, lastPosition, placeEvents, readEvents, type PlacedEvent } from './event-stream.ts';

test('what is committed late has a later place, whatever its id, and nobody who follows misses it', async (t) => {
  const { knex, follow } = await stream(t);
  const late = await knex.transaction();
  await late('events').insert({ type: 'late' });
  await knex('events').insert({ type: 'early' });
  const seen = await follow(0);
  await until('the first', () => seen.length === 1);
  await late.commit();
  await until('both', () => seen.length === 2);
  t.deepEqual(
    seen.map(({ type, position }) => [type, position]),
    [
      ['early', 1],
      ['late', 2],
    ],
  );
  t.true(seen[1]!.id < seen[0]!.id);
});

test('several processes give places without a gap, and each follower sees every event once, in order', async (t) => {
  const { knex, follow, place } = await stream(t);
  place();
  place();
  const [one, other] = [await follow(0), await follow(0)];
  const count = 300;
  await Promise.all(
    Array.from({ length: count }, (_, n) => knex('events').insert({ type: 'bot.status', payload: { n } })),
  );
  await until('all', () => one.length >= count && other.length >= count);
  for (const seen of [one, other])
    t.deepEqual(
      seen.map(({ position }) => position),
      Array.from({ length: count }, (_, n) => n + 1),
    );
  t.is(await lastPosition(knex), count);
});

test('who comes back with a position is given what came after it, of one user alone where asked', async (t) => {
  const { knex } = await stream(t);
  const [user] = await knex('users').insert({ name: 'Ada' }).returning('id');
  await knex('events').insert([{ type: 'a' }, { type: 'b', user_id: user.id }, { type: 'c' }, { type: 'd' }]);
  await until('their places', async () => (await lastPosition(knex)) === 4);
  const types = async (...[part]: [Omit<Parameters<typeof readEvents>[1], 'limit'>]) =>
    (await readEvents(knex, { ...part, limit: 10 })).map(({ type }) => type);
  t.deepEqual(await types({ after: 1 }), ['b', 'c', 'd']);
  t.deepEqual(await types({ after: 1, upTo: 3 }), ['b', 'c']);
  t.deepEqual(await types({ after: 0, userId: user.id }), ['b']);
});

test('a connection that is cut is opened again, and what happened meanwhile is handed on', async (t) => {
  const { knex, follow } = await stream(t);
  const seen = await follow(0);
  await knex('events').insert({ type: 'before' });
  await until('the first', () => seen.length === 1);
  await knex.raw(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name IN ('perpetua-stream', 'perpetua-events')`,
  );
  await knex('events').insert({ type: 'after' });
  await until('the second', () => seen.length === 2);
  t.is(seen[1]!.type, 'after');
});

test('a line of the log is an event, in the transaction that writes it', async (t) => {
  const { knex, follow } = await stream(t);
  const seen = await follow(0);
  const [user] = await knex('users').insert({ name: 'Ada' }).returning('id');
  const line = { user_id: user.id, level: 'INFO', message: 'Bot started' };
  const [log] = await knex('activity_logs').insert(line).returning('id');
  await until('it is told', () => seen.length === 1);
  t.like(seen[0], {
    type: 'log',
    user_id: user.id,
    payload: { id: log.id, level: 'INFO', message: 'Bot started' },
  });
});

/** A database whose events are given places by one process, until the test ends. */
async function stream(t: Scope) {
  const { knex, url } = await freshDatabase(t);
  const onFault = () => {};
  const place = () => {
    const placing = placeEvents({ knex, url, onFault });
    t.teardown(() => placing.end());
  };
  place();
  return {
    ...{ knex, place },
    async follow(after: number): Promise<PlacedEvent[]> {
      const seen: PlacedEvent[] = [];
      const following = followEvents({
        knex,
        url,
        after,
        onEvents: (events) => void seen.push(...events),
        onFault,
      });
      t.teardown(() => following.end());
      return seen;
    },
  };
}
