import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Knex } from 'knex';
import type { WithdrawalRequest } from '../../../db/fund/withdrawal-requests.ts';
import { FAILURES } from '../../../workflows/messages.ts';
import type { FundDependencies, FundSettings } from '../dependencies.ts';

/** The moments at which a fault test may end the process: before and after every effect that must not be lost or doubled. */
export const WITHDRAWAL_STEPS = [
  ...['approve:begun', 'approve:valued', 'approve:recorded', 'close:begun', 'close:recorded'],
  ...['stage:begun', 'stage:intended', 'stage:sent', 'stage:recorded'],
  ...['send:begun', 'send:intended', 'send:sent', 'send:recorded'],
  ...['ask:begun', 'ask:asked', 'ask:recorded'],
  ...['confirm:begun', 'confirm:asked', 'confirm:recorded'],
  ...['return:begun', 'return:intended', 'return:sent', 'return:recorded'],
] as const;
export type WithdrawalStep = (typeof WITHDRAWAL_STEPS)[number];

/** How long things may take; all in ms. */
export interface WithdrawalTiming {
  /** A sending that is on record is made within this time or not at all. */
  sendWithin: number;
  /** How long after that it may still turn up at the exchange: its receive window, its own time-out and a margin. */
  acceptance: number;
  /** How long the exchange is asked about a sending in doubt before people are. */
  patience: number;
}

export const WITHDRAWAL_TIMING: WithdrawalTiming = {
  sendWithin: 10_000,
  acceptance: 17_000,
  patience: 30_000,
};

/** What the activities of withdrawals close over. */
export interface WithdrawalDependencies extends Pick<
  FundDependencies,
  'knex' | 'treasury' | 'readMarks' | 'subAccountOf' | 'now'
> {
  settings: Pick<FundSettings, 'currency' | 'initialPrice'>;
  timing: WithdrawalTiming;
  step(step: WithdrawalStep, withdrawalId: string): void;
}

/** The request as it is; fails where there is none of that id. */
export async function readWithdrawal(knex: Knex, id: string): Promise<WithdrawalRequest> {
  const row = await knex<WithdrawalRequest>('withdrawal_requests').where({ id }).first();
  return row ?? gone();
}

/** Since when it may have been sent, epoch ms: what the exchange is asked by. */
export function sentSince({ approved_at, cooling_until, created_at }: WithdrawalRequest): number {
  const approved = (approved_at ?? created_at).getTime();
  return Math.max(approved, cooling_until?.getTime() ?? approved);
}

export function gone(): never {
  throw ordinary('Withdrawal not found', FAILURES.gone);
}

/** What is asked for cannot be done as things are; the message says what can. */
export function refused(message: string): ApplicationFailure {
  return ordinary(message, FAILURES.refused);
}

/** An answer to whoever asked, and no incident. */
function ordinary(message: string, type: string): ApplicationFailure {
  return ApplicationFailure.create({
    ...{ message, type, nonRetryable: true },
    category: ApplicationFailureCategory.BENIGN,
  });
}
