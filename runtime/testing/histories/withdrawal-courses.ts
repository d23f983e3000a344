import { randomUUID } from 'node:crypto';
import { withdrawalWorkflowId } from '../../../workflows/messages.ts';
import { scoped } from '../scoped.ts';
import { startWithdrawals, type WithdrawalStack } from '../withdrawals.ts';
import type { Course } from './course.ts';

const APPLY = { method: 'POST', path: '/sapi/v1/capital/withdraw/apply' };

/** What withdrawals live through while their histories are recorded. */
export const WITHDRAWAL_COURSES: readonly Course[] = [
  ofWithdrawal('withdrawal-paid', async (stack, userId) => {
    const cools = { quorum: 2, cooling_until: new Date(Date.now() + 3_000) };
    const request = await stack.request(userId, '40', cools);
    await stack.approve(request);
    await stack.approve(request);
    return (await stack.paid(request.id)).id;
  }),
  ofWithdrawal('withdrawal-rejected', async (stack, userId) => {
    const { id } = await stack.request(userId, '40');
    const by = await stack.admin();
    await stack.command(id, { name: 'reject', commandId: randomUUID(), by, reason: 'no' });
    return id;
  }),
  ofWithdrawal('withdrawal-expired', async (stack, userId) => {
    const { id } = await stack.request(userId, '40', { expires_at: new Date(Date.now() + 500) });
    return (await stack.stands(id, 'expired')).id;
  }),
  ofWithdrawal('withdrawal-in-doubt', async (stack, userId) => {
    stack.exchange.control.addFault({ kind: 'lost_request', match: APPLY, times: 1 });
    const request = await stack.request(userId, '40');
    await stack.approve(request);
    await stack.stands(request.id, 'manual_review');
    const by = await stack.admin();
    const refund = { name: 'resolve', commandId: randomUUID(), by, outcome: 'refund' } as const;
    await stack.command(request.id, refund);
    return (await stack.stands(request.id, 'failed')).id;
  }),
  ofWithdrawal('withdrawal-dropped', async (stack, userId) => {
    const request = await stack.request(userId, '40', { quorum: 0 });
    await stack.stands(request.id, 'processing', 'confirming');
    stack.exchange.control.chain.fail(request.id, 'failed', '');
    return (await stack.stands(request.id, 'failed')).id;
  }),
];

/** `live` returns the request's id. The stack's own workers rest: it has others. */
function ofWithdrawal(
  name: string,
  live: (stack: WithdrawalStack, userId: string) => Promise<string>,
): Course {
  return {
    name,
    options: { worker: false },
    run: (on) =>
      scoped(async (t) => {
        const stack = await startWithdrawals(t, { on, timing: { patience: 1_000, sendWithin: 400 } });
        const id = await live(stack, await stack.holder('100'));
        await stack.temporal.client.workflow.getHandle(withdrawalWorkflowId(id)).result();
        return withdrawalWorkflowId(id);
      }),
  };
}
