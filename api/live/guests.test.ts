import test from 'ava';
import { until } from '../../runtime/testing/stack.ts';
import { socketPair } from '../testing/socket-pair.ts';
import { awaitToken } from './guests.ts';

test('Nothing is kept of what a guest says after it was refused', async (t) => {
  for (const first of ['no JSON', JSON.stringify({ action: 'auth', token: 'x' })]) {
    const { ours, theirs } = await socketPair(t);
    awaitToken(ours, () => Promise.reject(new Error('refused')));
    theirs.send(first);
    theirs.send('more');
    // It neither reads nor answers.
    theirs.pause();
    await until('it to be refused', () => ours.readyState === ours.CLOSING);
    t.is(ours.listenerCount('message'), 0);
  }
});
