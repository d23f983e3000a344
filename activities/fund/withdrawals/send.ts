import type { Knex } from 'knex';
import { BY_ITSELF, holdWithdrawal, moveWithdrawal } from '../../../db/fund/withdrawal-changes.ts';
import { isAsApproved } from '../../../db/fund/withdrawal-digest.ts';
import type { WithdrawalRequest } from '../../../db/fund/withdrawal-requests.ts';
import { ExchangeError } from '../../../exchanges/port.ts';
import type { VenueWithdrawal, WithdrawalRequest as VenueRequest } from '../../../exchanges/treasury.ts';
import { gone, readWithdrawal, sentSince, type WithdrawalDependencies } from './dependencies.ts';
import { plainAmount } from './plain-amount.ts';
import { notYet } from './stage.ts';
import type { Sent, WithdrawalMoves } from './types.ts';

/**
 * Out of the sub-account, to the holder's address, under the request's own id. An attempt that is on record was begun by
 * somebody else, perhaps sent: that is unknown, and never sent again.
 */
export function createSend(deps: WithdrawalDependencies): WithdrawalMoves['send'] {
  return async ({ withdrawalId, attempt }) => {
    deps.step('send:begun', withdrawalId);
    const treasury = await deps.treasury();
    const subAccountId = await deps.subAccountOf((await readWithdrawal(deps.knex, withdrawalId)).user_id);
    const request = await intend(deps, withdrawalId, attempt);
    if (!request?.send_before) return { outcome: 'unknown' };
    deps.step('send:intended', withdrawalId);
    try {
      const taken = await treasury.withdraw(asVenue(request, subAccountId, request.send_before.getTime()));
      deps.step('send:sent', withdrawalId);
      await recordTaken(deps, withdrawalId, taken);
      deps.step('send:recorded', withdrawalId);
      return { outcome: 'accepted' };
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      return outcomeOf(error);
    }
  };
}

/** Asks under the request's id, as long as it takes. */
export function createAsk(deps: WithdrawalDependencies): WithdrawalMoves['ask'] {
  return async ({ withdrawalId }) => {
    deps.step('ask:begun', withdrawalId);
    const since = sentSince(await readWithdrawal(deps.knex, withdrawalId));
    const found = await (await deps.treasury()).withdrawalById(withdrawalId, since);
    deps.step('ask:asked', withdrawalId);
    if (!found) throw notYet('The exchange does not show the withdrawal');
    await recordTaken(deps, withdrawalId, found);
    deps.step('ask:recorded', withdrawalId);
  };
}

/** A call whose time is over pays nothing out, and puts back what an earlier one had moved towards the exit. */
export function createGiveUp(deps: WithdrawalDependencies): WithdrawalMoves['giveUp'] {
  return async ({ withdrawalId }) => {
    const request = await readWithdrawal(deps.knex, withdrawalId);
    const subAccountId = await deps.subAccountOf(request.user_id);
    const treasury = await deps.treasury();
    try {
      await recordTaken(deps, withdrawalId, await treasury.withdraw(asVenue(request, subAccountId, 0)));
      return 'found';
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      if (error.code === 'too_late') return 'given_up';
      // Whatever else it is: whether all is back is not known.
      throw notYet(error.message, error.retryAfterMs ?? undefined);
    }
  };
}

function asVenue(request: WithdrawalRequest, subAccountId: string, sendBefore: number): VenueRequest {
  const { id: withdrawalId, asset, network, address, tag, amount } = request;
  return {
    ...{ from: { subAccountId }, asset, network, address, tag, amount: plainAmount(amount) },
    ...{ withdrawalId, since: sentSince(request), sendBefore },
  };
}

/** Null where the attempt is on record, or the request is not to be sent. */
async function intend(
  { knex, now, timing }: WithdrawalDependencies,
  id: string,
  attempt: number,
): Promise<WithdrawalRequest | null> {
  return knex.transaction(async (tx) => {
    const request = (await holdWithdrawal(tx, id)) ?? gone();
    const isNext = request.send_attempt === attempt - 1 && isAsApproved(request);
    if (request.status !== 'processing' || request.step !== 'sending' || !isNext) return null;
    const change = { send_attempt: attempt, send_before: new Date(now() + timing.sendWithin) };
    return moveWithdrawal(tx, request, {
      ...{ change, at: new Date(now()), action: 'withdrawal.move', by: BY_ITSELF, details: { attempt } },
    });
  });
}

/** The exchange has it: whatever was in doubt is in none any more. */
async function recordTaken(
  { knex, now }: WithdrawalDependencies,
  id: string,
  { venueId, fee, txId }: VenueWithdrawal,
): Promise<void> {
  await knex.transaction(async (tx: Knex) => {
    const request = (await holdWithdrawal(tx, id)) ?? gone();
    if (request.step !== 'sending') return;
    await moveWithdrawal(tx, request, {
      change: {
        ...({ status: 'processing', step: 'confirming', error: null } as const),
        ...{ exchange_withdrawal_id: venueId, network_fee: fee, tx_id: txId },
      },
      ...{ at: new Date(now()), action: 'withdrawal.move', by: BY_ITSELF },
    });
  });
}

/** What later is mended by itself. */
const LATER: ReadonlySet<string> = new Set([
  'rate_limited',
  'banned',
  'clock_skew',
  'too_late',
  'unavailable',
]);

function outcomeOf({ phase, code, message }: ExchangeError): Sent {
  if (phase !== 'refused' && phase !== 'before_call') return { outcome: 'unknown' };
  return LATER.has(code) ? { outcome: 'again', reason: message } : { outcome: 'refused', reason: message };
}
