import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import test from 'ava';
import { gate } from '../api/testing/identity.ts';
import { freshDatabase, type Scope } from '../runtime/testing/database.ts';
import { until } from '../runtime/testing/stack.ts';
import { openDatabase } from './connect.ts';
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

test('whoever stands still while it gives places loses the stream to another', async (t) => {
  const { knex, url } = await freshDatabase(t);
  const [faults, still] = [[] as unknown[], gate()];
  const stands = placeEvents({
    knex,
    url,
    alongside: () => still.passed,
    onFault: (error) => faults.push(error),
  });
  await knex('events').insert({ type: 'bot.created' });
  await until('it to be given a place', async () => {
    const held = knex('event_stream').forUpdate().skipLocked().first();
    return (await held) === undefined;
  });
  const goesOn = placeEvents({ knex, url, onFault: () => {} });
  await until('another to give it', async () => (await lastPosition(knex)) === 1);
  still.open();
  await until('it to hear that it has lost it', () => faults.length > 0);
  await Promise.all([stands.end(), goesOn.end()]);
  t.is(await lastPosition(knex), 1);
});

test('a way to the database that is lost without a word is left for another, also at the end', async (t) => {
  const { knex, url } = await stream(t);
  const way = await startWay(t, url);
  const far = openDatabase({ url: way.url, queryTimeoutMs: 500 });
  t.teardown(() => {
    way.cut();
    return far.destroy();
  });
  const [seen, faults]: [PlacedEvent[], unknown[]] = [[], []];
  const onEvents = (events: readonly PlacedEvent[]) => void seen.push(...events);
  const following = followEvents({
    ...{ knex: far, url: way.url, after: 0, onEvents },
    onFault: (error) => void faults.push(error),
  });
  await knex('events').insert({ type: 'before' });
  await until('the first', () => seen.length === 1);
  way.swallow();
  await knex('events').insert({ type: 'after' });
  await until('a fault', () => faults.length > 0);
  await until('the second', () => seen.length === 2);
  way.swallow();
  await following.end();
  t.pass();
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
    ...{ knex, url, place },
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

/** A way to the server; `swallow` lets nothing more pass on the connections there are, and closes none. */
async function startWay(t: Scope, url: string): Promise<{ url: string; swallow(): void; cut(): void }> {
  const target = new URL(url);
  let open: Socket[] = [];
  const all: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: Number(target.port), host: target.hostname });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.pipe(other);
      open.push(one);
      all.push(one);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const here = new URL(url);
  here.port = String((server.address() as AddressInfo).port);
  return {
    url: here.href,
    cut: () => all.forEach((socket) => socket.destroy()),
    swallow() {
      for (const socket of open) socket.unpipe().pause();
      open = [];
    },
  };
}
