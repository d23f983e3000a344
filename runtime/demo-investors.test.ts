import type { Client } from '@temporalio/client';
import test from 'ava';
import { User } from '../db/models/user.ts';
import { CONTROL_TOKEN } from '../exchanges/simulated/testing/still-exchange.ts';
import { createVault } from '../exchanges/vault.ts';
import { readConfiguration } from './configuration.ts';
import { playDemoFund } from './demo-investors.ts';
import { ensureFund } from './fund.ts';
import { startLooseFund } from './testing/loose-fund.ts';

const NETWORK = 'BSC';

test("the demo's fund says why it cannot go on: for want of a network, or because a payment is too little", async (t) => {
  const loose = await startLooseFund(t);
  const { knex, exchange, activities } = loose;
  await ensureFund(knex, vault, { bot: BOT, keys: null, config: { demo: 'untold' } });
  const said: string[] = [];
  /** What the schedule does. */
  const look = async () => {
    exchange.control.chain.mine(NETWORK, 15);
    await loose.run(() => activities.observeDeposits(), undefined);
  };
  const play = (variables: Record<string, string>) =>
    playDemoFund({
      ...{ knex, client: lookingClient(look), tell: (line: string) => said.push(line) },
      configuration: readConfiguration({
        ...{ DATABASE_URL: 'postgresql://nobody@127.0.0.1/nothing', SECRET_KEY: '0'.repeat(32) },
        ...{ PAPER_EXCHANGE_URL: exchange.url, EXCHANGE_CONTROL_TOKEN: CONTROL_TOKEN },
        ...variables,
      }),
      signal: AbortSignal.timeout(60_000),
    });

  await play({ FUND_NETWORKS: 'MATIC,BASE' });
  t.regex(said.splice(0).join('\n'), /^Nobody pays .*FUND_NETWORKS \(MATIC, BASE\).*SOL, BSC, TRX, ETH$/);

  for (const name of ['ada', 'ben']) {
    const { id: userId } = await User.query(knex).insert({ email: `${name}@localhost`, name });
    await loose.run(activities.openDepositAddress, { userId, network: NETWORK });
  }
  loose.deps.settings = { ...loose.deps.settings, minDeposit: '7000' };
  await play({ FUND_NETWORKS: `ETH,${NETWORK}`, MIN_DEPOSIT_USDC: '7000' });
  t.is(said.length, 3, said.join('\n'));
  t.regex(said[0]!, /^ada pays 6000 USDC into the fund over BSC$/);
  t.regex(said[2]!, /6000 USDC were kept aside, .*MIN_DEPOSIT_USDC=7000\..* new DATA_DIR$/);
});

const vault = createVault({ currentKeyId: 'test', keys: { test: Buffer.alloc(32, 1) } });

const BOT = {
  ...{ symbol: 'BTC/USDC', strategy: 'rsi-reversal' },
  parameters: { timeframe: '1m', quoteAmount: '250' },
};

/** Its schedules, when they are set off, look. */
function lookingClient(look: () => Promise<void>): Client {
  return { schedule: { getHandle: () => ({ trigger: look }) } } as unknown as Client;
}
