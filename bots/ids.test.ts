import test from 'ava';
import fc from 'fast-check';
import { clientOrderId, isOwnOrderId, readOrderId } from './ids.ts';

const ZERO = '00000000-0000-0000-0000-000000000000';
const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const parts = fc.record({
  botId: fc.uuid(),
  cycle: fc.maxSafeNat(),
  leg: fc.string({ maxLength: 40 }),
  sequence: fc.nat({ max: 62 ** 6 - 1 }),
});

test('an id keeps to what a venue takes, however large its numbers', (t) => {
  fc.assert(
    fc.property(parts, (order) => {
      const id = clientOrderId(order);
      return id.length <= 36 && /^[.A-Z:/a-z0-9_-]+$/.test(id);
    }),
  );
  const longest = clientOrderId({ botId: LAST, cycle: 62 ** 3 - 1, leg: 'level-199', sequence: 62 ** 6 - 1 });
  t.is(longest.length, 36);
});

test('two orders of one bot never share an id, nor do two bots', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const isSame = one.botId === other.botId && one.sequence === other.sequence;
        return isSame || clientOrderId(one) !== clientOrderId(other);
      }),
    ),
  );
  const order = { botId: ZERO, leg: 'main' };
  const ids = new Set(
    [1, 62, 3844].flatMap((cycle) =>
      [1, 61, 62, 3844].map((sequence) => clientOrderId({ ...order, cycle, sequence })),
    ),
  );
  t.is(ids.size, 12);
});

test('an id is recomputed from its parts, whatever the case of the UUID', (t) => {
  const order = { botId: '550e8400-e29b-41d4-a716-446655440000', cycle: 7, leg: 'main', sequence: 12 };
  t.is(clientOrderId(order), clientOrderId({ ...order, botId: order.botId.toUpperCase() }));
});

test('an id is read back as its cycle and sequence', (t) => {
  const id = clientOrderId({ botId: LAST, cycle: 238_327, leg: 'main', sequence: 1_000_000 });
  t.like(readOrderId(id), { cycle: 238_327, sequence: 1_000_000 });
});

test('only the bot that made an id owns it', (t) => {
  const id = clientOrderId({ botId: ZERO, cycle: 1, leg: 'main', sequence: 1 });
  t.true(isOwnOrderId(ZERO, id));
  t.false(isOwnOrderId(LAST, id));
});

for (const stranger of [
  '',
  'p',
  'web_0a1b2c',
  `p${'0'.repeat(22)}-`,
  `p${'0'.repeat(22)}-1-ma1;`,
  `xp${'0'.repeat(22)}-1-ma1`,
]) {
  test(`"${stranger}" is nobody's order id`, (t) => {
    t.false(isOwnOrderId(ZERO, stranger));
    t.is(readOrderId(stranger), null);
  });
}

for (const wrong of [
  { botId: 'bot-1' },
  { cycle: -1 },
  { cycle: 1.5 },
  { sequence: -1 },
  { sequence: Number.NaN },
  { sequence: 62 ** 6 },
]) {
  test(`no id is made of ${JSON.stringify(wrong)}`, (t) => {
    t.throws(() => clientOrderId({ botId: ZERO, cycle: 1, leg: 'main', sequence: 1, ...wrong }), {
      instanceOf: RangeError,
    });
  });
}
