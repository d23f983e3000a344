import test from 'ava';
import { mergeReasons } from './reasons.ts';
import type { Reason, ReasonCode } from './strategy.ts';

function reason(code: ReasonCode, at: number): Reason {
  return { code, detail: `${code} ${at}`, at };
}

test('of each code the newest reason is kept, newest first', (t) => {
  const last = [reason('paused', 3), reason('no_signal', 1)];
  t.deepEqual(mergeReasons(last, [reason('no_signal', 4), reason('cooldown', 2)], 10), [
    reason('no_signal', 4),
    reason('paused', 3),
    reason('cooldown', 2),
  ]);
});

test('the oldest go when there are too many', (t) => {
  const many = [reason('paused', 1), reason('cooldown', 2), reason('no_signal', 3)];
  t.deepEqual(mergeReasons(many, [], 2), [reason('no_signal', 3), reason('cooldown', 2)]);
});

test('merging the same reasons again changes nothing', (t) => {
  const once = mergeReasons([reason('paused', 1)], [reason('cooldown', 2)], 5);
  t.deepEqual(mergeReasons(once, once, 5), once);
});
