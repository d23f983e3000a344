import test from 'ava';
import { DeterminismViolationError } from '@temporalio/workflow';
import { currentCode, replay } from '../runtime/testing/histories/replay.ts';
import { scrub } from '../runtime/testing/histories/scrub.ts';
import { storedHistories } from '../runtime/testing/histories/stored.ts';
import * as workflows from './index.ts';

test.serial('P9: every stored history replays on the workflows as they are now', async (t) => {
  const histories = await storedHistories();
  const outcomes = await replay(await currentCode(), histories);
  t.is(outcomes.size, histories.length);
  for (const [name, error] of outcomes) t.is(error, null, name);
});

test('P9: every workflow has a history, and every history a workflow', async (t) => {
  const stored = new Set((await storedHistories()).map(({ workflowType }) => workflowType));
  t.deepEqual([...stored].toSorted(), Object.keys(workflows).toSorted());
});

test('the histories say nothing of the machine that recorded them', async (t) => {
  for (const { name, history } of await storedHistories()) t.deepEqual(scrub(history), history, name);
});

/** Changes that would break running bots, in the words of the bundle, and histories that must tell. */
const BREAKING = [
  {
    change: 'a cancel recorded before it is sent',
    from: /(await venue\.cancel\(\{[^}]*\}\);)(\s*)(await record\(actor, id\);)/,
    to: '$3$2$1',
    told: ['bot-stop-close', 'bot-stopped-while-unknown', 'bot-deleted'],
  },
  {
    change: 'a start without its look beforehand',
    from: /\.start\(change\)/,
    to: '.setStatus(change)',
    told: ['bot-round-trip', 'bot-signals', 'bot-in-error', 'bot-continued-as-new-run-1'],
  },
  {
    change: 'an order whose outcome is unknown no longer asked about',
    from: /const found = await venue\.resolve\(\{[^}]*\}\);/,
    to: "const found = 'ABSENT';",
    told: ['bot-unknown-order', 'bot-stopped-while-unknown'],
  },
  {
    change: 'a failure tried again without a wait',
    from: /async function backOff\(actor, message\) \{/,
    to: '$& return;',
    told: ['bot-backed-off', 'bot-fenced'],
  },
  {
    change: 'a status no longer published',
    from: /function publishAttributes\(\{ address, state \}\) \{/,
    to: '$& return;',
    told: ['bot-once', 'bot-stop-finish', 'bot-continued-as-new-run-1'],
  },
  {
    change: 'a run that never continues as new',
    from: /function mayContinueAsNew\(actor\) \{/,
    to: '$& return false;',
    told: ['bot-continued-as-new-run-1'],
  },
  {
    change: 'two activities where there was one',
    from: /return prune\(\);/,
    to: 'await markDeadRuns(); return prune();',
    told: ['retention'],
  },
  {
    change: 'a sweep that is sent before it is booked',
    from: /if \(!\(?await intendSweep\(sweep\)\)?\)\s*return;/,
    to: '',
    told: ['deposit-swept', 'deposit-swept-at-last', 'deposit-answer-lost'],
  },
  {
    change: 'a transfer whose answer was lost no longer asked about',
    from: /await resolveSweep\(sweep\)/,
    to: "'returned'",
    told: ['deposit-swept-at-last', 'deposit-answer-lost'],
  },
  {
    change: 'deposits that were kept waiting left to the next snapshot',
    from: /if \(state\.held === 0\)\s*return/,
    to: 'return',
    told: ['fund-frozen-and-thawed'],
  },
  {
    change: 'a fund that never continues as new',
    from: /continueAsNewSuggested && isIdle\(self\)/g,
    to: 'continueAsNewSuggested && false',
    told: ['fund-continued-as-new-run-1'],
  },
  {
    change: 'a fund that is not told',
    from: /await [^;]*\.signal\(signal\);/,
    to: '',
    told: ['valuation', 'deposit-monitor'],
  },
];

test.serial('P9: the gate bites: changed workflows break the histories they would break', async (t) => {
  const [code, histories] = [await currentCode(), await storedHistories()];
  for (const { change, from, to, told } of BREAKING) {
    const changed = code.replace(from, to);
    t.true(changed !== code, `the bundle still has what ${change} is made from`);
    const outcomes = await replay(
      changed,
      histories.filter(({ name }) => told.includes(name)),
    );
    for (const name of told)
      t.true(outcomes.get(name) instanceof DeterminismViolationError, `${change}: ${name}`);
  }
});
