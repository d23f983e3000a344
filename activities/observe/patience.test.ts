import test from 'ava';
import { ExchangeError } from '../../exchanges/port.ts';
import { createPatience } from './patience.ts';

const AWAY = new ExchangeError('The exchange cannot be reached.', {
  code: 'unavailable',
  phase: 'unknown',
  retrySafe: true,
  final: false,
});

test('a venue that stays away for 15 minutes is final, and the pauses grow until then', (t) => {
  const { patience, pass } = scene();
  t.deepEqual([patience.pauseAfter(AWAY), patience.pauseAfter(AWAY)], [500, 1_000]);
  pass(900_000);
  t.is(patience.pauseAfter(AWAY), 2_000);
  pass(1);
  const error = t.throws(() => patience.pauseAfter(AWAY), { instanceOf: ExchangeError });
  t.true(error.final);
  t.regex(error.message, /It has been tried for 15 minutes\.$/);
});

test('a row ends with a watch that went on for a while, not with one that failed at once', (t) => {
  const { patience, pass } = scene();
  patience.pauseAfter(AWAY);
  patience.begun();
  t.is(patience.pauseAfter(AWAY), 1_000);
  patience.begun();
  pass(3_600_000);
  t.is(patience.pauseAfter(AWAY), 500);
  pass(900_001);
  t.throws(() => patience.pauseAfter(AWAY));
});

function scene() {
  let at = 0;
  return { patience: createPatience(() => at), pass: (ms: number) => void (at += ms) };
}
