import test from 'ava';
import { ExchangeError } from '../port.ts';
import { createLimiter, type Priority } from './limiter.ts';

/** 48 units a second flow in, 720 may be spent at once. */
const PER_MINUTE = 3_600;

test('P13: when the limit makes callers wait, cancels go first, then orders', async (t) => {
  let now = 0;
  const limiter = createLimiter('A venue', PER_MINUTE, () => now);
  await limiter.turn(PER_MINUTE * 0.2, 'read');
  const gone: string[] = [];
  const queue = async (name: string, priority: Priority): Promise<void> => {
    await limiter.turn(2, priority);
    gone.push(name);
  };
  const queued = [
    queue('read 1', 'read'),
    queue('read 2', 'read'),
    queue('place', 'place'),
    queue('cancel 1', 'cancel'),
    queue('cancel 2', 'cancel'),
  ];
  now = 1_000;
  await Promise.all(queued);
  t.deepEqual(gone, ['cancel 1', 'cancel 2', 'place', 'read 1', 'read 2']);
});

test('no minute spends more than the limit', async (t) => {
  let now = 0;
  const limiter = createLimiter('A venue', PER_MINUTE, () => now);
  let spent = 0;
  for (; now < 60_000; now += 100) {
    for (let i = 0; i < 20; i++)
      void limiter.turn(1, 'read').then(
        () => spent++,
        () => undefined,
      );
    await Promise.resolve();
  }
  t.true(spent > PER_MINUTE * 0.9 && spent <= PER_MINUTE, `${spent} of ${PER_MINUTE}`);
  limiter.close(1, 'banned');
});

test('P13: a closed limiter tells those who wait and those who come, until its time', async (t) => {
  let now = 1_000;
  const limiter = createLimiter('A venue', PER_MINUTE, () => now);
  await limiter.turn(PER_MINUTE * 0.2, 'read');
  const waiting = t.throwsAsync(limiter.turn(100, 'cancel'), { instanceOf: ExchangeError });
  limiter.close(5_000, 'banned');
  limiter.close(10, 'rate_limited');
  t.like(await waiting, { code: 'banned', phase: 'before_call', retrySafe: true, retryAfterMs: 5_000 });
  now = 5_999;
  t.like(await t.throwsAsync(limiter.turn(1, 'cancel')), { code: 'banned', retryAfterMs: 1 });
  t.is(limiter.closedForMs(), 1);
  now = 6_000;
  await t.notThrowsAsync(limiter.turn(1, 'cancel'));
});

test('what other processes of the same address use counts', (t) => {
  const now = 7_000;
  const limiter = createLimiter('A venue', PER_MINUTE, () => now);
  limiter.heed(PER_MINUTE * 0.9, now);
  t.notThrows(() => limiter.check());
  limiter.heed(PER_MINUTE * 0.96, now);
  t.like(
    t.throws(() => limiter.check()),
    { code: 'rate_limited', retryAfterMs: 53_000 },
  );
});
