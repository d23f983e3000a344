import { ExchangeError } from '../port.ts';
import type { WithdrawalRequest } from '../treasury.ts';
import { inDoubt } from './binance-ids.ts';
import type { Transfers } from './binance-transfers.ts';
import type { TreasuryParts } from './treasury.ts';

/** The way of a sub-account's money through main, before it is paid out. */
export interface Passage {
  /** Puts it where it was. `unknown` where that cannot be made certain: the caller tries the whole again. */
  giveBack(): Promise<void>;
}

/** Attempts of one withdrawal: each goes out and comes back under ids of its own. */
const MOST_ATTEMPTS = 20;
/** Putting money back is never too late. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * Brings what is to be withdrawn from its sub-account to main. What an earlier call has brought and not put back is there
 * already. Throws as a transfer does, and `unknown` where an earlier call's money may stand half-way.
 */
export async function bringToMain(
  request: WithdrawalRequest,
  transfers: Transfers,
  parts: TreasuryParts,
): Promise<Passage> {
  const { from, asset, amount, withdrawalId, since, sendBefore } = request;
  if (from === 'main') return { giveBack: async () => undefined };
  const { attempt, isOut } = await lookUp(request, transfers, parts).catch(inDoubt);
  const transferId = `${withdrawalId}-out-${attempt}`;
  if (!isOut) {
    const way = { from, to: 'main', asset, amount, since } as const;
    const out = await transfers.transfer({ ...way, transferId, sendBefore });
    if (out.status !== 'done') throw notThrough(parts.venue, out.status);
  }
  return {
    async giveBack() {
      const back = { from: 'main', to: from, asset, amount, since, sendBefore: NO_LIMIT } as const;
      const { status } = await transfers
        .transfer({ ...back, transferId: `${withdrawalId}-back-${attempt}` })
        .catch(inDoubt);
      if (status !== 'done') inDoubt(notThrough(parts.venue, status));
    },
  };
}

/** The first attempt whose money has not come back: one that stands half-way, or a new one. */
async function lookUp(
  { withdrawalId, from, since }: WithdrawalRequest,
  { transferById }: Transfers,
  { venue }: TreasuryParts,
): Promise<{ attempt: number; isOut: boolean }> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const out = await transferById({ transferId: `${withdrawalId}-out-${attempt}`, from, since });
    if (out?.status === 'pending') throw notThrough(venue, 'pending');
    if (out?.status !== 'done') return { attempt, isOut: false };
    const back = await transferById({ transferId: `${withdrawalId}-back-${attempt}`, from: 'main', since });
    if (back?.status === 'pending') throw notThrough(venue, 'pending');
    if (back?.status !== 'done') return { attempt, isOut: true };
  }
  throw new ExchangeError('The withdrawal was tried too often. Use a new id for it.', {
    ...{ code: 'duplicate_id', phase: 'refused', retrySafe: true, final: true },
  });
}

function notThrough(venue: string, status: 'pending' | 'failed'): ExchangeError {
  const isFailed = status === 'failed';
  return new ExchangeError(
    isFailed ? `${venue} could not move the money.` : `${venue} is still moving the money. Ask again.`,
    {
      ...{ code: 'unavailable', phase: isFailed ? 'refused' : 'unknown' },
      ...{ retrySafe: isFailed, final: false },
    },
  );
}
