import { Decimal } from '../../bots/money.ts';
import { ExchangeError } from '../port.ts';
import type { Treasury, VenueWithdrawal, WithdrawalRequest } from '../treasury.ts';
import { textIn } from './binance-answers.ts';
import { inDoubt, notSent, sameAmount, takenUnseen, usedTwice } from './binance-ids.ts';
import { bringToMain } from './binance-passage.ts';
import type { Transfers } from './binance-transfers.ts';
import { weeksSince } from './binance-weeks.ts';
import { UnreadableAnswer } from './errors.ts';
import { exact } from './markets.ts';
import { checkWithdrawal } from './transfer-checks.ts';
import type { TreasuryParts } from './treasury.ts';
import type { Answered, Client } from './unified.ts';

type Withdrawals = Pick<Treasury, 'withdraw' | 'withdrawalById'>;

/** Wallet API docs, "Withdraw" and "Withdraw History". Binance pays out of the account the keys are of, and no other. */
export function withdrawalsOf(parts: TreasuryParts, transfers: Transfers): Withdrawals {
  const { call, now, venue } = parts;

  /** The venue tells of a week at a time. */
  async function find(withdrawalId: string, since: number): Promise<VenueWithdrawal | null> {
    for (const week of weeksSince(since, now())) {
      const query = { withdrawOrderId: withdrawalId, ...week };
      const rows = await call('read', (client) => client.sapiGetCapitalWithdrawHistory(query));
      const row = rows.find((each) => each['withdrawOrderId'] === withdrawalId);
      if (row !== undefined) return toWithdrawal(row, withdrawalId);
    }
    return null;
  }

  /** As it stands; another one under the same id is none of ours. */
  async function findSame(request: WithdrawalRequest): Promise<VenueWithdrawal | null> {
    const { withdrawalId, asset, address, amount, since } = request;
    const known = await find(withdrawalId, since);
    const isSame =
      known?.asset === asset &&
      known.address.toLowerCase() === address.toLowerCase() &&
      sameAmount(known.amount, amount);
    if (known && !isSame) throw usedTwice(venue, withdrawalId);
    return known;
  }

  async function findTaken(request: WithdrawalRequest): Promise<VenueWithdrawal> {
    const found = await findSame(request).catch(() => null);
    if (found) return found;
    throw takenUnseen(venue, request.withdrawalId);
  }

  return {
    async withdraw(request) {
      checkWithdrawal(request);
      const known = await findSame(request).catch(request.from === 'main' ? notSent : inDoubt);
      if (known) return known;
      const passage = await bringToMain(request, transfers, parts);
      try {
        const venueId = await call('move', (client) => send(client, request), request.sendBefore);
        return (await findSame(request).catch(() => null)) ?? taken(request, venueId);
      } catch (error) {
        if (!(error instanceof ExchangeError)) throw error;
        // Taken before, if not yet seen: nothing is put back.
        if (error.code === 'duplicate_id') return findTaken(request);
        if (error.phase === 'unknown' || error.phase === 'accepted' || request.from === 'main') throw error;
        // Another caller may have paid it meanwhile, while this one was held up: what it moved is spent.
        const paid = await findSame(request).catch(inDoubt);
        if (paid) return paid;
        await passage.giveBack();
        throw error;
      }
    },
    withdrawalById: find,
  };
}

async function send(client: Client, request: WithdrawalRequest): Promise<string> {
  const { asset, network, address, tag, amount, withdrawalId } = request;
  const answer = await client.sapiPostCapitalWithdrawApply({
    ...{ coin: asset, network, address, amount, withdrawOrderId: withdrawalId },
    ...(tag === null ? {} : { addressTag: tag }),
    // Of the spot wallet, whatever is chosen on the website.
    walletType: '0',
  });
  return textIn(answer, 'id');
}

/** What is known of one that has just been taken, before the venue shows it. */
function taken(request: WithdrawalRequest, venueId: string): VenueWithdrawal {
  const { withdrawalId, asset, network, address, amount } = request;
  return {
    ...{ withdrawalId, venueId, status: 'sending', asset, network, address, amount },
    ...{ fee: null, txId: null, reason: null },
  };
}

/** 0 email sent, 2 awaiting approval, 4 processing; 1 cancelled; 3 rejected, 5 failure; 6 completed. */
const STATUS: Record<string, VenueWithdrawal['status']> = {
  '0': 'sending',
  '1': 'cancelled',
  '2': 'sending',
  '3': 'failed',
  '4': 'sending',
  '5': 'failed',
  '6': 'done',
};

/** Binance tells what the payee gets and the fee beside it. */
function toWithdrawal(row: Answered, withdrawalId: string): VenueWithdrawal {
  const status = STATUS[String(row['status'])];
  if (!status) throw new UnreadableAnswer('without how a withdrawal stands');
  const fee = exact(textIn(row, 'transactionFee'));
  const txId = emptyAsNull(row['txId']);
  return {
    ...{ withdrawalId, venueId: textIn(row, 'id'), asset: textIn(row, 'coin') },
    ...{ network: textIn(row, 'network'), address: textIn(row, 'address') },
    status: status === 'sending' && txId !== null ? 'confirming' : status,
    amount: new Decimal(textIn(row, 'amount')).plus(fee).toFixed(),
    ...{ fee, txId, reason: emptyAsNull(row['info']) },
  };
}

const emptyAsNull = (text: unknown): string | null => (typeof text === 'string' && text !== '' ? text : null);
