import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Decimal } from '../../bots/money.ts';
import { recordAudit } from '../../db/audit.ts';
import { UnitsOverdrawn } from '../../db/fund/post-entry.ts';
import { withdrawalDigest } from '../../db/fund/withdrawal-digest.ts';
import { findWithdrawalByKey } from '../../db/fund/withdrawal-lists.ts';
import { insertWithdrawal, type WithdrawalRequest } from '../../db/fund/withdrawal-requests.ts';
import { Unavailable } from '../../workflows/client.ts';
import type { Caller } from '../auth/caller.ts';
import type { Dependencies } from '../dependencies.ts';
import { ApiError, invalidInput } from '../errors.ts';
import type { ApiSettings } from '../settings.ts';
import type { CommandIdFor } from './context.ts';
import { assessWithdrawal, tooMuch, type AssessedWithdrawal } from './assess-withdrawal.ts';
import { readPayment, type AskedDestination } from './withdrawal-destination.ts';

export interface WithdrawalContext extends Pick<Dependencies, 'knex' | 'withdrawals'> {
  settings: Pick<ApiSettings, 'fund'>;
  identity: Pick<Dependencies['identity'], 'now'>;
  caller: Pick<Caller, 'userId'>;
  /** Where they call from, for the audit log. */
  address: string;
  signal: AbortSignal;
  log(): Logger;
  commandIdFor?: CommandIdFor;
}

export type AskedPayment = AskedDestination & { amount: Decimal };

/** What would become of a request; nothing is written. Throws `invalid_input`. */
export async function tryWithdrawal(
  asked: AskedPayment,
  { knex, settings: { fund }, identity, caller: { userId } }: WithdrawalContext,
): Promise<AssessedWithdrawal> {
  const payment = readPayment(asked, fund);
  return assessWithdrawal(knex, { ...payment, userId }, { at: identity.now().getTime(), fund });
}

/**
 * Puts a request on record, its units locked, and starts its workflow. The same key again answers what it was first used for.
 * Throws `invalid_input`, also for what the policy refuses, or `idempotency_key_reused`.
 */
export async function requestWithdrawal(
  asked: AskedPayment,
  { key, ...context }: WithdrawalContext & { key: string | null },
): Promise<WithdrawalRequest> {
  const { knex, settings, caller, withdrawals, log } = context;
  const payment = readPayment(asked, settings.fund);
  const sameKey = async () => key && (await findWithdrawalByKey(knex, { userId: caller.userId, key }));
  const before = await sameKey();
  if (before) return repeated(before, payment, settings.fund.currency);
  const request = await insert(payment, key, context).catch(async (error: unknown) => {
    if (error instanceof UnitsOverdrawn) throw tooMuch(null, settings.fund.currency);
    const first = isSameKey(error) && (await sameKey());
    if (!first) throw error;
    return repeated(first, payment, settings.fund.currency);
  });
  await withdrawals.start(request.id).catch((error: unknown) => {
    if (!(error instanceof Unavailable)) throw error;
    // It is on record, its units locked: whoever approves or cancels it starts it.
    log().warn(
      { withdrawal: request.id },
      'The withdrawal is requested; its workflow starts with its first command',
    );
  });
  return request;
}

type Payment = ReturnType<typeof readPayment>;

async function insert(
  payment: Payment,
  key: string | null,
  { knex, settings: { fund }, identity, caller: { userId }, address, signal }: WithdrawalContext,
): Promise<WithdrawalRequest> {
  const at = identity.now();
  return knex.transaction(async (tx: Knex) => {
    // One after the other: two that are within a limit each may be above it together.
    await tx.raw("SELECT pg_advisory_xact_lock(hashtext('withdrawal limits'))");
    const assessed = await assessWithdrawal(tx, { ...payment, userId }, { at: at.getTime(), fund });
    const { allowed, reasons, quorum, riskFlags, expiresAt, coolingUntil, navPerUnit } = assessed;
    if (!allowed) throw invalidInput(reasons.map(({ message }) => ({ field: 'amount', message })));
    signal.throwIfAborted();
    const request = await insertWithdrawal(tx, {
      ...{ ...payment, id: randomUUID(), user_id: userId, asset: fund.currency, nav_per_unit: navPerUnit },
      ...{ policy: fund.withdrawalPolicy, quorum, risk_flags: riskFlags, idempotency_key: key },
      ...{ expires_at: new Date(expiresAt), created_at: at },
      cooling_until: coolingUntil === null ? null : new Date(coolingUntil),
    });
    await recordAudit(tx, {
      ...{ subject: `user/${userId}`, action: 'withdrawal.request', userId, address },
      target: `withdrawal/${request.id}`,
      details: { amount: payment.amount, network: payment.network, digest: request.digest, risks: riskFlags },
    });
    return request;
  });
}

function repeated(first: WithdrawalRequest, payment: Payment, asset: string): WithdrawalRequest {
  if (first.digest === withdrawalDigest({ ...payment, asset })) return first;
  throw new ApiError(
    'idempotency_key_reused',
    'This Idempotency-Key was used for another withdrawal. Send a new key.',
  );
}

function isSameKey(error: unknown): boolean {
  return (error as { constraint?: unknown }).constraint === 'withdrawal_requests_idempotency_key_key';
}
