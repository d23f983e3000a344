import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { until } from '../../runtime/testing/stack.ts';
import { socketPair } from '../testing/socket-pair.ts';
import { Client } from './client.ts';
import { Clients } from './clients.ts';
import { obey } from './commands.ts';
import { botsForm } from './forms/bots.ts';
import { Outbox } from './outbox.ts';
import { closeSlow } from './upkeep.ts';

/** A client that reads nothing, and has been sent more than the network takes. */
async function fullClient(t: ExecutionContext, size: number) {
  const { ours, theirs } = await socketPair(t);
  theirs.pause();
  ours.send('x'.repeat(30_000_000));
  const ignore = () => {};
  const outbox = new Outbox(ours, 0, { size, missed: () => '', onSent: ignore, onDropped: ignore });
  const listener = { rows: { userId: '1' }, session: null, expiresAt: null };
  return { client: new Client(ours, botsForm, listener, 0, outbox), outbox, theirs };
}

test('Answers wait like other messages: who reads none of them is closed, and told why', async (t) => {
  const { client, outbox, theirs } = await fullClient(t, 5);
  const clients = new Clients();
  clients.add(client);
  obey(client, () => new Date())(Buffer.from('{}'));
  await until('it to wait', () => outbox.waitingMs() > 10, { patienceMs: 5_000 });
  closeSlow(clients, 10);
  theirs.resume();
  const [code, reason] = (await once(theirs, 'close')) as [number, Buffer];
  t.is(code, 1013);
  t.regex(reason.toString(), /cursor/);
});

test('What is told again and again, and finds no room or makes it, is kept in mind', async (t) => {
  const { outbox } = await fullClient(t, 1);
  const put = (key: string | null) => outbox.put({ text: '{}', cursor: null, botId: null, key });
  put('first');
  put('second');
  t.deepEqual([...outbox.lost], ['second']);
  put(null);
  t.deepEqual([...outbox.lost], ['second', 'first']);
});
