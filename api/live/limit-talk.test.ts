import test from 'ava';
import { until } from '../../runtime/testing/stack.ts';
import { socketPair } from '../testing/socket-pair.ts';
import { limitTalk } from './limit-talk.ts';

test('Who goes on talking while a WebSocket is closed is cut', async (t) => {
  const { ours, theirs } = await socketPair(t);
  limitTalk(ours);
  theirs.pause();
  for (let n = 0; n < 31; n++) theirs.send('{}');
  await until('it to be closed', () => ours.readyState === ours.CLOSING);
  for (let n = 0; n < 31; n++) theirs.send('{}');
  await until('it to be cut', () => ours.readyState === ours.CLOSED, { patienceMs: 20_000 });
  t.pass();
});

test('Pongs that nobody asked for are counted like messages', async (t) => {
  const { ours, theirs } = await socketPair(t);
  limitTalk(ours);
  for (let n = 0; n < 31; n++) theirs.pong();
  await until('it to be closed', () => ours.readyState !== ours.OPEN, { patienceMs: 20_000 });
  t.pass();
});
