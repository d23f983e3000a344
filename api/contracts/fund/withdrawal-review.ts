import { z } from 'zod';
import { reviewWithdrawal, reviewWithdrawals } from '../../../db/fund/withdrawal-lists.ts';
import { commandWithdrawal, type WithdrawalAsk } from '../../commands/command-withdrawal.ts';
import { callerContext } from '../../commands/context.ts';
import type { WithdrawalContext } from '../../commands/request-withdrawal.ts';
import type { ErrorCode } from '../../errors.ts';
import { answer, route } from '../../route.ts';
import { atMost, data, leavingOut, success } from './fields.ts';
import { presentReviewed } from './present-withdrawal.ts';
import {
  approval,
  byId,
  EXAMPLES,
  ofStatus,
  rejection,
  resolution,
  reviewedWithdrawal,
} from './withdrawal-schemas.ts';

/** What every decision has in common. */
const decided = {
  method: 'post',
  policy: 'admin',
  stepUp: true,
  tag: 'Approvals',
  params: byId,
  responses: { 200: data(reviewedWithdrawal) },
  refusals: ['withdrawal_not_found', 'command_refused'] as ErrorCode[],
} as const;

const list = route({
  method: 'get',
  path: '/admin/withdrawals',
  policy: 'admin',
  tag: 'Approvals',
  summary: "Everybody's withdrawals, those that have waited longest first",
  query: z.object({ ...ofStatus, limit: atMost(500, 50), offset: leavingOut }),
  responses: { 200: data(z.array(reviewedWithdrawal)) },
  async handler({ query: { status = null, ...part } }, { knex }) {
    const rows = await reviewWithdrawals(knex, { status, ...part });
    return answer(200, { success, data: rows.map(presentReviewed) });
  },
});

const approve = route({
  ...decided,
  path: '/admin/approve-withdrawal/{id}',
  summary: 'Agree to a withdrawal',
  description:
    'The agreement that makes enough fixes its units at the price of now; its money goes out by itself then. Never your own, and each admin once.',
  body: approval,
  async handler({ params, body, ...rest }, dependencies) {
    const context = callerContext(rest, dependencies);
    return decide(params.id, { name: 'approve', digest: body?.digest }, context);
  },
});

const reject = route({
  ...decided,
  path: '/admin/reject-withdrawal/{id}',
  summary: 'Refuse a withdrawal',
  description: 'While it waits for approval, and while an approved one cools. Its units are free again.',
  body: rejection,
  examples: { rejection: EXAMPLES.rejection },
  async handler({ params, body: { reason }, ...rest }, dependencies) {
    const context = callerContext(rest, dependencies);
    return decide(params.id, { name: 'reject', reason }, context);
  },
});

const resolve = route({
  ...decided,
  path: '/admin/resolve-withdrawal/{id}',
  summary: 'Decide about a withdrawal whose sending is in doubt',
  description:
    'In `manual_review` alone. The exchange is asked once more: a withdrawal it knows goes on, whatever is decided.',
  body: resolution,
  examples: { resolution: EXAMPLES.resolution },
  async handler({ params, body: { outcome }, ...rest }, dependencies) {
    const context = callerContext(rest, dependencies);
    return decide(params.id, { name: 'resolve', outcome }, context);
  },
});

async function decide(id: string, ask: WithdrawalAsk, context: WithdrawalContext) {
  await commandWithdrawal(id, ask, context);
  const row = await reviewWithdrawal(context.knex, id);
  return answer(200, { success, data: presentReviewed(row!) });
}

export const withdrawalReviewRoutes = [list, approve, reject, resolve];
