import { ExchangeError } from '../port.ts';
import type { Place, Treasury, TransferRequest, VenueTransfer } from '../treasury.ts';
import { listIn, textIn } from './binance-answers.ts';
import { notSent, sameAmount, takenUnseen, usedTwice } from './binance-ids.ts';
import { weeksSince } from './binance-weeks.ts';
import { UnreadableAnswer } from './errors.ts';
import { exact } from './markets.ts';
import { checkTransfer } from './transfer-checks.ts';
import type { TreasuryParts } from './treasury.ts';
import type { Answered, Client } from './unified.ts';

export type Transfers = Pick<Treasury, 'transfer' | 'transferById'>;

/** Sub-account API docs, "Universal Transfer": spot accounts only. */
export function transfersOf(parts: TreasuryParts): Transfers {
  const { call, now, venue } = parts;

  async function find(transferId: string, from: Place, since: number): Promise<VenueTransfer | null> {
    for (const week of weeksSince(since, now())) {
      // Without an email it is what left the master account.
      const left = from === 'main' ? {} : { fromEmail: from.subAccountId };
      const query = { clientTranId: transferId, ...left, ...week };
      const answer = await call('read', (client) => client.sapiGetSubAccountUniversalTransfer(query));
      const row = listIn(answer, 'result').find((each) => each['clientTranId'] === transferId);
      if (row !== undefined) return toTransfer(row, transferId);
    }
    return null;
  }

  /** As it stands; another one under the same id is none of ours. */
  async function findSame(request: TransferRequest): Promise<VenueTransfer | null> {
    const { transferId, from, asset, amount, since } = request;
    const known = await find(transferId, from, since);
    if (known && !(known.asset === asset && sameAmount(known.amount, amount)))
      throw usedTwice(venue, transferId);
    return known;
  }

  return {
    async transfer(request) {
      checkTransfer(request);
      const known = await findSame(request).catch(notSent);
      if (known) return known;
      try {
        const venueId = await call('move', (client) => send(client, request), request.sendBefore);
        const { transferId, asset, amount } = request;
        const sent: VenueTransfer = { transferId, venueId, status: 'pending', asset, amount };
        return (await findSame(request).catch(() => null)) ?? sent;
      } catch (error) {
        if (!(error instanceof ExchangeError && error.code === 'duplicate_id')) throw error;
        const found = await findSame(request).catch(() => null);
        if (found) return found;
        throw takenUnseen(venue, request.transferId);
      }
    },
    transferById: ({ transferId, from, since }) => find(transferId, from, since),
  };
}

async function send(
  client: Client,
  { from, to, asset, amount, transferId }: TransferRequest,
): Promise<string> {
  const answer = await client.sapiPostSubAccountUniversalTransfer({
    ...(from === 'main' ? {} : { fromEmail: from.subAccountId }),
    ...(to === 'main' ? {} : { toEmail: to.subAccountId }),
    ...{ fromAccountType: 'SPOT', toAccountType: 'SPOT', asset, amount, clientTranId: transferId },
  });
  return textIn(answer, 'tranId');
}

const STATUS: Record<string, VenueTransfer['status']> = {
  SUCCESS: 'done',
  PROCESS: 'pending',
  FAILURE: 'failed',
};

function toTransfer(row: Answered, transferId: string): VenueTransfer {
  const status = STATUS[textIn(row, 'status')];
  if (!status) throw new UnreadableAnswer('without how a transfer stands');
  return {
    ...{ transferId, venueId: textIn(row, 'tranId'), status },
    ...{ asset: textIn(row, 'asset'), amount: exact(textIn(row, 'amount')) },
  };
}
