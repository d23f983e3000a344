import test, { type ExecutionContext } from 'ava';
import { clientOrderId } from '../bots/ids.ts';
import type { FaultInput } from '../exchanges/simulated/control/faults.ts';
import { looseActivities } from '../runtime/testing/activities.ts';
import { acceptedIds, intentsOf, RESTING_BUY, SENDING, sends } from '../runtime/testing/orders.ts';
import { startStack } from '../runtime/testing/stack.ts';

/** An order whose sending a fault has struck. */
async function struck(t: ExecutionContext, fault: FaultInput, acceptance = 3_000) {
  const stack = await startStack(t, { worker: false });
  const activities = await looseActivities(t, stack, { timing: { sendWithin: 1_000, acceptance } });
  const bot = await stack.addBot({ status: 'ACTIVE' });
  const { botId } = bot;
  const id = clientOrderId({ botId, cycle: 1, leg: 'main', sequence: 1 });
  stack.exchange.control.addFault({ ...fault, match: SENDING, times: 1 });
  const { run, trading } = activities;
  const answer = await run(trading.place, { botId, clientOrderId: id, sequence: 1, intent: RESTING_BUY });
  t.deepEqual(answer, { outcome: 'unknown' });
  const resolve = () => run(trading.resolve, { botId, clientOrderId: id });
  return { ...activities, stack, bot, id, resolve };
}

const HAPPENED: FaultInput[] = [
  { kind: 'lost_answer' },
  { kind: 'timeout', effect: true },
  { kind: 'status', status: 502, effect: true },
  { kind: 'malformed_json' },
  { kind: 'delayed_acceptance', ms: 1_000 },
];
const DID_NOT: FaultInput[] = [
  { kind: 'lost_request' },
  { kind: 'timeout', effect: false },
  { kind: 'status', status: 503, effect: false },
];

for (const fault of HAPPENED)
  test.serial(`P1: ${told(fault)}: the order is found by asking and never sent again`, async (t) => {
    const { resolve, stack, bot, id } = await struck(t, fault);
    t.is(await resolve(), 'ACCEPTED');
    t.deepEqual([acceptedIds(stack, bot), sends(stack, bot)], [[id], 1]);
    t.is(await resolve(), 'ACCEPTED', 'asked again it says the same');
  });

for (const fault of DID_NOT)
  test.serial(`P1: ${told(fault)}: absent counts once the venue cannot accept it any more`, async (t) => {
    const { resolve, stack, bot } = await struck(t, fault, 500);
    t.is(await resolve(), 'ABSENT');
    const [intent] = await intentsOf(stack, bot);
    t.is(intent?.status, 'ABSENT');
    t.true(Number(intent?.decided_at) > Number(intent?.send_before) + 500);
    t.deepEqual([acceptedIds(stack, bot), sends(stack, bot)], [[], 1]);
  });

test.serial('a venue that cannot be read leaves an unknown order unknown', async (t) => {
  const { resolve, stack, bot } = await struck(t, { kind: 'lost_answer' });
  const { control } = stack.exchange;
  control.addFault({ kind: 'status', status: 503, match: { method: 'GET', path: '/api/v3/order' } });
  await t.throwsAsync(resolve(), { name: 'ExchangeError' });
  t.like(await intentsOf(stack, bot), { 0: { status: 'UNKNOWN' } });
  control.clearFaults();
  t.is(await resolve(), 'ACCEPTED');
});

test.serial('a lost order is asked for a few times, not all the time', async (t) => {
  const { resolve, stack } = await struck(t, { kind: 'lost_request' }, 3_000);
  const from = Date.now();
  t.is(await resolve(), 'ABSENT');
  const reads = stack.exchange.control.requests(from).filter(({ path }) => path === '/api/v3/order');
  // At 0, 1 and 3 s, and twice once absence counts.
  t.true(reads.length <= 5, `${reads.length} reads`);
});

test.serial('an order whose place in the sequence is another one was never sent', async (t) => {
  const { run, trading, stack, bot, resolve } = await struck(t, { kind: 'lost_answer' });
  const { botId } = bot;
  const other = clientOrderId({ botId, cycle: 2, leg: 'main', sequence: 1 });
  const intent = { ...RESTING_BUY, cycle: 2 };
  await t.throwsAsync(run(trading.place, { botId, clientOrderId: other, sequence: 1, intent }));
  t.is(await run(trading.resolve, { botId, clientOrderId: other }), 'ABSENT');
  t.is(sends(stack, bot), 1);
  t.is(await resolve(), 'ACCEPTED');
});

function told(fault: FaultInput): string {
  const effect = 'effect' in fault ? (fault.effect ? ', carried out' : ', not carried out') : '';
  return `${fault.kind.replaceAll('_', ' ')}${effect}`;
}
