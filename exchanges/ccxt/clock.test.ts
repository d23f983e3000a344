import test from 'ava';
import { createClock } from './clock.ts';

/** A venue whose clock is 5 s ahead and whose answers are on their way as long as told, there and back alike. */
function setup(roundTrips: (number | Error)[]) {
  let now = 1_000_000;
  let asked = 0;
  const clock = createClock(
    async () => {
      const took = roundTrips[asked++] ?? 0;
      if (took instanceof Error) throw took;
      now += took;
      return now - took / 2 + 5_000;
    },
    () => now,
  );
  return { clock, local: () => now, asked: () => asked };
}

test("the venue's clock is taken at the middle of a quick answer, which is not asked for again", async (t) => {
  const { clock, local, asked } = setup([100]);
  await clock.ready();
  t.is(clock.now(), local() + 5_000);
  t.is(clock.passed(), local() + 4_950);
  t.is(asked(), 1);
});

test('of slow answers the fastest counts, and what it leaves in doubt has not passed', async (t) => {
  const { clock, local, asked } = setup([4_000, 1_000, 2_000]);
  await clock.ready();
  t.is(clock.now(), local() + 5_000);
  t.is(clock.passed(), local() + 4_500);
  t.is(asked(), 3);
});

test('a slow answer stands where the next one fails; where none comes nothing is measured', async (t) => {
  const { clock, local } = setup([1_000, new Error('away')]);
  await clock.ready();
  t.is(clock.now(), local() + 5_000);
  t.is(clock.passed(), local() + 4_500);
  await t.throwsAsync(setup([new Error('away')]).clock.ready(), { message: 'away' });
});
