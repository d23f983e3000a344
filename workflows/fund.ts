import {
  allHandlersFinished,
  ChildWorkflowCancellationType,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { FundActivities, FundValued } from '../activities/fund/types.ts';
import { deposit } from './deposit.ts';
import {
  depositWorkflowId,
  FUND_SIGNALS,
  FUND_UPDATES,
  QUEUES,
  type FreezeSignal,
  type FundInput,
  type FundReason,
  type FundState,
  type FundView,
  type UnfreezeUpdate,
} from './messages.ts';

const tradedSignal = defineSignal(FUND_SIGNALS.traded);
const snapshotSignal = defineSignal(FUND_SIGNALS.snapshot);
const depositsSeenSignal = defineSignal(FUND_SIGNALS.depositsSeen);
const freezeSignal = defineSignal<[FreezeSignal]>(FUND_SIGNALS.freeze);
const valueUpdate = defineUpdate<FundView>(FUND_UPDATES.value);
const unfreezeUpdate = defineUpdate<FundView, [UnfreezeUpdate]>(FUND_UPDATES.unfreeze);

/** Told until it is heard: what it writes is known to be needed. */
const { valueFund, freeze, unfreeze } = proxyActivities<FundActivities>({
  taskQueue: QUEUES.background,
  startToCloseTimeout: '1m',
  heartbeatTimeout: '5s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '15s' },
});

/** Deposits that a valuation kept waiting are not left to the next snapshot. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 300_000;

/** The fund at work: what its handlers and its loop share. */
interface Fund {
  state: FundState;
  /** Counts the valuations asked for, begun and done. */
  asked: number;
  done: number;
  unfreezing: string[];
  view: FundView | null;
  /** Deposits whose sweep this run has started. */
  sweeping: Set<string>;
}

/**
 * The fund: the one writer of valuations and of what is dealt at them, for ever. Whoever wants a valuation while one is made is
 * given the next: it is never of a moment before it was asked for.
 */
export async function fund({ state = fresh() }: FundInput = {}): Promise<void> {
  const self: Fund = { state, asked: 0, done: 0, unfreezing: [], view: null, sweeping: new Set() };
  if (state.wanted) self.asked = 1;
  registerHandlers(self);
  while (!(workflowInfo().continueAsNewSuggested && isIdle(self))) {
    if (state.freezing !== null) await carryOutFreeze(self);
    else if (self.unfreezing.length > 0) await carryOutUnfreeze(self);
    else if (state.wanted) await turn(self, state.wanted);
    else await rest(self);
  }
  return continueAsNew<typeof fund>({ state });
}

function registerHandlers(self: Fund): void {
  setHandler(tradedSignal, () => want(self, 'trade'));
  setHandler(snapshotSignal, () => want(self, 'sync'));
  setHandler(depositsSeenSignal, () => want(self, 'deposit'));
  setHandler(freezeSignal, ({ because }) => void (self.state.freezing ??= because));
  setHandler(valueUpdate, () => valued(self));
  setHandler(unfreezeUpdate, async ({ by }) => {
    self.unfreezing.push(by);
    await condition(() => !self.unfreezing.includes(by));
    return valued(self);
  });
}

function fresh(): FundState {
  return { version: 1, wanted: null, freezing: null, held: 0 };
}

/** A reason that says more than that it was time stands. */
function want(self: Fund, reason: FundReason): void {
  const { state } = self;
  if (state.wanted === null || state.wanted === 'sync') state.wanted = reason;
  self.asked += 1;
}

async function valued(self: Fund): Promise<FundView> {
  want(self, 'sync');
  const ticket = self.asked;
  await condition(() => self.done >= ticket);
  return self.view!;
}

function isIdle({ state, unfreezing }: Fund): boolean {
  return state.wanted === null && state.freezing === null && unfreezing.length === 0 && allHandlersFinished();
}

async function carryOutFreeze({ state }: Fund): Promise<void> {
  await freeze({ because: state.freezing! });
  state.freezing = null;
}

async function carryOutUnfreeze(self: Fund): Promise<void> {
  const [by] = self.unfreezing;
  await unfreeze({ by: by! });
  self.unfreezing.shift();
}

/** One valuation, for all that had been asked for before it began. */
async function turn(self: Fund, reason: FundReason): Promise<void> {
  const { state, asked } = self;
  state.wanted = null;
  const outcome = await valueFund({ reason });
  self.view = viewOf(outcome);
  self.done = asked;
  state.held = outcome.waiting > 0 ? state.held + 1 : 0;
  tell(outcome);
  await sweepAll(self, outcome.toSweep);
}

async function rest(self: Fund): Promise<void> {
  const { state } = self;
  const wake = () =>
    state.wanted !== null ||
    state.freezing !== null ||
    self.unfreezing.length > 0 ||
    (workflowInfo().continueAsNewSuggested && isIdle(self));
  if (state.held === 0) return condition(wake);
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(state.held - 1, 10));
  if (!(await condition(wake, wait))) want(self, 'deposit');
}

/** A sweep goes on by itself, whatever becomes of this run. */
async function sweepAll({ sweeping }: Fund, depositIds: readonly string[]): Promise<void> {
  for (const depositId of depositIds) {
    if (sweeping.has(depositId)) continue;
    sweeping.add(depositId);
    try {
      await startChild(deposit, {
        workflowId: depositWorkflowId(depositId),
        args: [{ depositId }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
  for (const known of sweeping) if (!depositIds.includes(known)) sweeping.delete(known);
}

function viewOf({ price, value, units, at, heldBecause }: FundValued): FundView {
  return { price, value, units, at, heldBecause };
}

/** The fund's story in the Temporal UI. */
function tell({ price, value, units, heldBecause, waiting, toSweep }: FundValued): void {
  setCurrentDetails(
    [
      `**${price ?? 'No price'}** a unit · ${units ?? '?'} units · worth ${value ?? '?'}`,
      heldBecause === null ? 'Dealing goes on' : `Nothing is dealt: ${heldBecause}`,
      `${waiting} deposits wait for units, ${toSweep.length} are on their way to main`,
    ].join('\n\n'),
  );
}
