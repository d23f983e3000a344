import { z } from 'zod';
import { fromRefusal } from '../binance/refusals.ts';
import { CHAINS } from '../wallet/networks.ts';
import type { Refusal, RefusalReason } from '../wallet/types.ts';
import type { Control } from './control.ts';

type Route = (control: Control, asked: { body: unknown }) => [status: number, body: unknown];

const chains = Object.keys(CHAINS);
const network = z.enum(chains, `write one of ${chains.join(', ')}`);
const text = z.string().min(1).max(200);
const amount = z
  .string()
  .regex(/^\d{1,10}(\.\d{1,8})?$/, 'write an amount as "12.5", with at most 8 decimals');

const sendSchema = z.strictObject({ asset: text, network, address: text, amount });
const mineSchema = z.strictObject({ network, blocks: z.int().min(1).max(10_000) });
const reverseSchema = z.strictObject({ txId: text });
const failSchema = z.strictObject({
  /** The exchange's id of the withdrawal, or the client's. */
  id: text,
  as: z.enum(['cancelled', 'rejected', 'failed']),
  info: z.string().max(200).default(''),
});

/** The world outside: payments to addresses, blocks, and what goes wrong there. */
export const CHAIN_ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  [
    'GET /control/chain',
    ({ chain }) => [200, { deposits: chain.deposits(null), withdrawals: chain.withdrawals(null) }],
  ],
  ['POST /control/chain/send', ({ chain }, { body }) => [201, { txId: chain.send(sendSchema.parse(body)) }]],
  [
    'POST /control/chain/mine',
    ({ chain }, { body }) => {
      const mined = mineSchema.parse(body);
      chain.mine(mined.network, mined.blocks);
      return [200, mined];
    },
  ],
  [
    'POST /control/chain/reverse',
    ({ chain }, { body }) => {
      const { txId } = reverseSchema.parse(body);
      chain.reverse(txId);
      return [200, { txId }];
    },
  ],
  [
    'POST /control/withdrawals/fail',
    ({ chain }, { body }) => {
      const { id, as, info } = failSchema.parse(body);
      chain.fail(id, as, info);
      return [200, { id, as }];
    },
  ],
]);

/** What a caller of the control API is told, where the venue's own words are of no use to it. */
export function sentenceOf(refusal: Refusal): string {
  return SENTENCES[refusal.reason] ?? fromRefusal(refusal).message;
}

const SENTENCES: Partial<Record<RefusalReason, string>> = {
  TOO_LATE: 'It is too late for that: GET /control/chain says how far it is.',
  UNKNOWN_TRANSACTION: 'There is no such transaction: GET /control/chain lists them.',
  NETWORK_CLOSED: 'The coin is not on that network: GET /sapi/v1/capital/config/getall lists them.',
  ILLEGAL_ADDRESS: 'That is no address of this network: copy one of the exchange, or check its letters.',
  NO_AMOUNT: 'Write an amount above 0 and of a billion at most.',
};
