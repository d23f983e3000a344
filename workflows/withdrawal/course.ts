import { condition, uuid4 } from '@temporalio/workflow';
import type { OwnCommand } from '../messages.ts';
import { adopt, hasEnded, persist, tell, termsOf, type Actor } from './actor.ts';
import { take } from './commands.ts';
import { decisions, moves } from './effects.ts';
import { learn } from './doubt.ts';

/** From where the request stands to its end. */
export async function runCourse(actor: Actor): Promise<void> {
  await approval(actor);
  if (!hasEnded(actor)) await cooling(actor);
  if (!hasEnded(actor)) await payOut(actor);
  if (actor.state.step === 'rejecting') await takeBack(actor);
}

/** Waits until enough have approved it, or it has ended another way. */
async function approval(actor: Actor): Promise<void> {
  const { quorum, expiresAt } = termsOf(actor);
  if (quorum === 0) await askItself(actor, 'admit', expiresAt);
  const waits = () => actor.state.status === 'pending_approval';
  await condition(() => !waits(), Math.max(1, expiresAt - Date.now()));
  await askItself(actor, 'expire', Infinity);
}

/** Asks until the request waits for approval no more, or until then (epoch ms): refused now, it may go later. */
async function askItself(actor: Actor, name: OwnCommand['name'], until: number): Promise<void> {
  const { state } = actor;
  const waits = () => state.status === 'pending_approval';
  for (let tries = 0; waits() && Date.now() < until; tries += 1) {
    take(actor, { name, commandId: uuid4() });
    await condition(() => !waits() || state.queue.length === 0);
    const rest = Math.min(LONGEST_REST_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(tries, 10), until - Date.now());
    if (waits() && rest > 0) await condition(() => !waits(), rest);
  }
}

/** Nothing is sent before; until then it can be taken back. */
async function cooling(actor: Actor): Promise<void> {
  const { state } = actor;
  const { coolingUntil } = termsOf(actor);
  const left = (coolingUntil ?? 0) - Date.now();
  const cools = () => state.status === 'approved' && state.step !== 'rejecting';
  if (cools() && left > 0) await condition(() => !cools(), left);
  // What is being carried out decides first.
  await condition(() => state.queue.length === 0);
}

/** Main to sub-account to the holder's address; where it comes to nothing, all the way back. */
async function payOut(actor: Actor): Promise<void> {
  const { withdrawalId } = actor;
  const staged = await persist(actor, () =>
    moves('main to sub-account').stage({ withdrawalId, transferId: `${withdrawalId}-staging` }),
  );
  await look(actor);
  if (staged.outcome === 'over') return;
  if (staged.outcome === 'refused') return refund(actor, 'main', staged.reason);
  const sent = await send(actor);
  await look(actor);
  if (sent !== null) return refund(actor, 'sub', sent);
  const end = await persist(actor, () => moves('until it is confirmed').confirm({ withdrawalId }));
  await look(actor);
  if (end === 'came_to_nothing')
    await refund(actor, 'main', 'The withdrawal came to nothing at the exchange');
}

/** So that days of a frozen fund do not fill a history. */
const LONGEST_REST_MS = 900_000;
const FIRST_BACK_OFF_MS = 1_000;
const LONGEST_BACK_OFF_MS = 60_000;
/** So that a month of it does not fill a history. */
const LONGEST_RETURN_BACK_OFF_MS = 900_000;
/** About half an hour of an exchange that takes no withdrawals. */
const MAX_REFUSALS = 40;

/** Null once the exchange has it; else why it never will, with the money in the sub-account. */
async function send(actor: Actor): Promise<string | null> {
  const { state, withdrawalId } = actor;
  // What a run that was ended from outside has sent, this one does not know.
  let isInDoubt = state.attempt > 0;
  for (let refusals = 0; ;) {
    if (isInDoubt) {
      const learnt = await learn(actor);
      if (learnt === 'found') return null;
      if (learnt === 'given_up') return 'The sending was in doubt, and an administrator gave it up';
    }
    const attempt = state.attempt + 1;
    state.attempt = attempt;
    const sent = await moves(`send, attempt ${attempt}`)
      .send({ withdrawalId, attempt })
      .catch(async () => {
        // Its worker may be alive, and about to begin.
        const begun = await decisions('not begun?').forestall({ withdrawalId, attempt });
        return begun === 'unknown' ? ({ outcome: 'unknown' } as const) : NOT_BEGUN;
      });
    if (sent.outcome === 'accepted') return null;
    if (sent.outcome === 'refused') return sent.reason;
    if (sent.outcome === 'unknown') {
      isInDoubt = true;
      continue;
    }
    isInDoubt = false;
    refusals += 1;
    if (refusals === MAX_REFUSALS) return sent.reason;
    await backOff(refusals, LONGEST_BACK_OFF_MS);
  }
}

const NOT_BEGUN = { outcome: 'again', reason: 'The worker that was to send it never began' } as const;

/** Rejected before anything was sent: what had been fixed goes back to the holder, as soon as something is dealt. */
async function takeBack(actor: Actor): Promise<void> {
  const { withdrawalId } = actor;
  const back = () => decisions('units back to the holder').takeBack({ withdrawalId });
  adopt(actor, await persist(actor, back));
}

/** Until it is back: a transfer that the exchange has taken in vain is made again, under another id. */
async function refund(actor: Actor, from: 'sub' | 'main', reason: string): Promise<void> {
  const { withdrawalId, state } = actor;
  const summary = from === 'sub' ? 'back to main' : 'units back to the holder';
  for (let attempt = 1; ; attempt += 1) {
    const transferId = `${withdrawalId}-return-${attempt}`;
    const back = { withdrawalId, transferId, from, reason };
    adopt(actor, await persist(actor, () => moves(summary).refund(back)));
    if (hasEnded(actor)) return;
    state.attention = `The exchange could not move the money back to main, ${attempt} times by now`;
    tell(actor);
    await backOff(attempt, LONGEST_RETURN_BACK_OFF_MS);
  }
}

/** Twice as long after each try, up to the longest. */
async function backOff(tries: number, longestMs: number): Promise<void> {
  await condition(() => false, Math.min(longestMs, FIRST_BACK_OFF_MS * 2 ** Math.min(tries - 1, 10)));
}

/** Reads what activities have written. */
async function look(actor: Actor): Promise<void> {
  const { withdrawalId } = actor;
  adopt(actor, (await decisions('look').loadWithdrawal({ withdrawalId })).standing);
}
