import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { deadlineAfter } from './deadline.ts';

test('What is not done in time is refused, and told that nobody waits any more', async (t) => {
  const { signal, within } = deadlineAfter(20);
  t.is(await within(Promise.resolve(7)), 7);
  t.false(signal.aborted);
  const refusal = await t.throwsAsync(within(new Promise(() => {})), { message: /not available right now/ });
  t.throws(() => signal.throwIfAborted(), { is: refusal });
});

test('All that is waited for has the time together', async (t) => {
  const { within } = deadlineAfter(1_000);
  await within(blockedFor(1_100));
  await t.throwsAsync(within(sleep(500)), { message: /not available right now/ });
});

/** No timer goes off meanwhile. */
async function blockedFor(ms: number): Promise<void> {
  const end = performance.now() + ms;
  await Promise.resolve();
  while (performance.now() < end);
}
