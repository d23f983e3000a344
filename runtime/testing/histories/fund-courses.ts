import { randomUUID } from 'node:crypto';
import { readFreeze } from '../../../db/fund/dealing.ts';
import {
  depositAddressWorkflowId,
  depositWorkflowId,
  FUND_SIGNALS,
  FUND_UPDATES,
  FUND_WORKFLOW_ID,
} from '../../../workflows/messages.ts';
import { NETWORK, openFund, QUICK, type FundStack, type Holder } from '../funded-stack.ts';
import { SHORT_RUNS } from '../temporal.ts';
import type { Course } from './course.ts';

const TRANSFER = { method: 'POST', path: '/sapi/v1/sub-account/universalTransfer' };

/** What the fund's workflows live through. */
export const FUND_COURSES: readonly Course[] = [
  ofFund('fund-frozen-and-thawed', async (fund, holder) => {
    await payIn(fund, holder, '100');
    await fund.settled('swept');
    await fund.run('valuation');
    const handle = fund.temporal.client.workflow.getHandle(FUND_WORKFLOW_ID);
    await handle.signal(FUND_SIGNALS.freeze, { because: 'a drill' });
    await fund.until('dealing to be frozen', () => readFreeze(fund.knex));
    await payIn(fund, holder, '200');
    // Longer than what keeps deposits waiting is looked at again.
    await fund.until('two valuations at which nothing is dealt', async () => {
      const { length } = await fund.knex('nav_history');
      return length >= 4;
    });
    await handle.executeUpdate(FUND_UPDATES.unfreeze, { args: [{ by: randomUUID() }] });
    await fund.settled('swept');
    await fund.value();
    return FUND_WORKFLOW_ID;
  }),
  {
    ...ofFund('fund-continued-as-new', async (fund, holder) => {
      await payIn(fund, holder, '100');
      await fund.settled('swept');
      const handle = fund.temporal.client.workflow.getHandle(FUND_WORKFLOW_ID);
      const { runId } = await handle.describe();
      await fund.until('the next run', async () => {
        await fund.value();
        return (await handle.describe()).runId !== runId;
      });
      return FUND_WORKFLOW_ID;
    }),
    options: { temporal: SHORT_RUNS, fund: { timing: QUICK } },
  },
  ofFund('deposit-swept', async (fund, holder) => {
    await payIn(fund, holder, '100');
    return sweepOf(fund);
  }),
  ofFund('deposit-swept-at-last', async (fund, holder) => {
    fund.exchange.control.addFault({ kind: 'lost_request', match: TRANSFER, times: 1 });
    await payIn(fund, holder, '100');
    return sweepOf(fund);
  }),
  ofFund('deposit-answer-lost', async (fund, holder) => {
    fund.exchange.control.addFault({ kind: 'lost_answer', match: TRANSFER, times: 1 });
    await payIn(fund, holder, '100');
    return sweepOf(fund);
  }),
  ofFund('deposit-monitor', async (fund, holder) => {
    await payIn(fund, holder, '100');
    return 'depositMonitor';
  }),
  ofFund('solvency', async (fund) => {
    await fund.run('solvency');
    return 'solvency';
  }),
  ofFund('withdrawal-starter', async (fund) => {
    await fund.run('withdrawalStarter');
    return 'withdrawalStarter';
  }),
  ofFund('valuation', async (fund) => {
    await fund.run('valuation');
    return 'valuation';
  }),
  ofFund('deposit-address', async (_, { userId }) => depositAddressWorkflowId({ userId, network: NETWORK })),
];

function ofFund(name: string, live: (fund: FundStack, holder: Holder) => Promise<string>): Course {
  return {
    name,
    options: { fund: { timing: QUICK } },
    async run(stack) {
      const fund = await openFund(stack);
      return live(fund, await fund.holder());
    },
  };
}

async function payIn(fund: FundStack, holder: Holder, amount: string): Promise<void> {
  fund.pay(holder, amount);
  await fund.run('depositMonitor');
}

/** The workflow of the one deposit, once its money is on main. */
async function sweepOf(fund: FundStack): Promise<string> {
  const [deposit] = await fund.settled('swept');
  const workflowId = depositWorkflowId(deposit!.id);
  await fund.temporal.client.workflow.getHandle(workflowId).result();
  return workflowId;
}
