import test, { type ExecutionContext } from 'ava';
import { treasuryContract, type ContractTreasuryVenue, type TreasuryRequest } from '../contract/treasury.ts';
import { held, payout, stocked } from '../contract/treasury-out.ts';
import type { VenueFault } from '../contract/venue.ts';
import type { FaultInput } from '../simulated/control/faults.ts';
import { FUND, OUTSIDE_ADDRESS, startFundExchange } from '../simulated/testing/fund-exchange.ts';
import { balance } from '../simulated/testing/market.ts';
import { accountOf } from '../simulated/testing/still-exchange.ts';
import type { VenueWithdrawal } from '../treasury.ts';
import { binance } from './binance.ts';
import { createCcxtTreasury } from './treasury.ts';
import { createVenue, type Venue } from './venue.ts';

treasuryContract(test, openSimulatedBinance);

test('a venue that is reached without its wallet, as a test network, has no treasury', async (t) => {
  const venue = await createVenue(binance, { endpoint: 'testnet' });
  t.teardown(() => venue.close());
  t.throws(() => createCcxtTreasury(venue, FUND), { code: 'unsupported_exchange' });
});

test('histories of more pages than one are read to the last', async (t) => {
  const { treasury, pay } = await openSimulatedBinance(t);
  const sub = await treasury.createSubAccount('holder');
  const { address } = await treasury.depositAddress({ ...sub, asset: 'USDC', network: 'BSC' });
  for (let n = 0; n < 1_001; n += 1) pay({ network: 'BSC', address, amount: '1' });
  const deposits = await treasury.depositsSince({ ...sub, since: Date.now() - 60_000 });
  t.is(new Set(deposits.map(({ depositId }) => depositId)).size, 1_001);
});

test('of more sub-accounts than a page holds the one of a name is found', async (t) => {
  const { treasury, requests, fill } = await openSimulatedBinance(t);
  fill(450);
  const { subAccountId } = await treasury.createSubAccount('last');
  t.deepEqual(await treasury.createSubAccount('last'), { subAccountId });
  t.is(requests('create'), 1);
});

test('P3: who comes too late with a withdrawal that another has paid meanwhile puts nothing back', async (t) => {
  const stack = await openSimulatedBinance(t);
  const { treasury, venue } = stack;
  const request = payout(stack, await stocked(stack, 'a sub-account'), { withdrawalId: 'twice' });
  let paid: VenueWithdrawal | null = null;
  let moves = 0;
  // Its money is on main when it is held up, and another goes on from there.
  const slow: Venue['call'] = async (client, options, use) => {
    if (options.purpose === 'move') moves += 1;
    if (moves < 2 || paid) return venue.call(client, options, use);
    paid = await treasury.withdraw(request);
    return venue.call(client, { ...options, sendBefore: 0 }, use);
  };
  const late = createCcxtTreasury({ ...venue, call: slow }, FUND);
  t.teardown(() => late.close());
  t.deepEqual(await late.withdraw(request), paid);
  t.deepEqual([stack.main(), await held(stack, request.from), stack.withdrawals()], ['900', '0', 1]);
});

async function openSimulatedBinance(
  t: ExecutionContext,
): Promise<ContractTreasuryVenue & { venue: Venue; fill(count: number): void }> {
  const simulated = await startFundExchange(t);
  const { control, engine } = simulated;
  const permissions = { read: true, trade: false, withdraw: false };
  control.openAccount(accountOf('reader', READER, { permissions }));
  const venue = await createVenue(binance, {
    endpoint: simulated.url as `http://${string}`,
    timeoutMs: 5_000,
    lingerMs: 0,
  });
  const open: ContractTreasuryVenue['open'] = (credentials) => {
    const treasury = createCcxtTreasury(venue, credentials);
    t.teardown(() => treasury.close());
    return treasury;
  };
  t.teardown(() => venue.close());
  return {
    venue,
    treasury: open(FUND),
    open,
    reader: READER,
    main: () => balance(engine, 'fund', 'USDC').free,
    outside: OUTSIDE_ADDRESS,
    pay: (payment) => control.chain.send({ asset: 'USDC', ...payment }),
    blocks: (network, count) => control.chain.mine(network, count),
    reverse: (txId) => control.chain.reverse(txId),
    fail: (withdrawalId, as) => control.chain.fail(withdrawalId, as, 'because'),
    strike: (request, fault) => control.addFault(toControl(request, fault)),
    requests: (request) =>
      control.requests(0).filter((each) => request === null || isOf(each, PATHS[request])).length,
    withdrawals: () => control.chain.withdrawals('fund').length,
    skewClock: (ms) => control.skewClock(ms),
    shutDown: () => simulated.close(),
    fill(count) {
      const sub = (number: number) => ({ master: 'fund', number, at: Date.now() });
      for (let n = 0; n < count; n += 1)
        engine.openAccount({
          ...accountOf(`many${n}_virtual@noemail.com`, READER),
          ...{ keys: [], sub: sub(n) },
        });
    },
  };
}

const READER = { apiKey: 'reader-key-0123456789', secret: 'reader-secret-0123456789' };

const PATHS: Record<TreasuryRequest, { method: string; path: string }> = {
  create: { method: 'POST', path: '/sapi/v1/sub-account/virtualSubAccount' },
  transfer: { method: 'POST', path: '/sapi/v1/sub-account/universalTransfer' },
  withdraw: { method: 'POST', path: '/sapi/v1/capital/withdraw/apply' },
  'transfer by id': { method: 'GET', path: '/sapi/v1/sub-account/universalTransfer' },
  'withdrawal by id': { method: 'GET', path: '/sapi/v1/capital/withdraw/history' },
};

const isOf = (one: { method: string; path: string }, other: { method: string; path: string }): boolean =>
  one.method === other.method && one.path === other.path;

/** The control API's words for the suite's faults; each strikes the next request of its kind. */
function toControl(request: TreasuryRequest, fault: VenueFault): FaultInput {
  const next = { match: PATHS[request], times: 1 };
  switch (fault.kind) {
    case 'server_error':
      return { kind: 'status', status: 503, effect: true, ...next };
    case 'timeout':
    case 'malformed_json':
      return { kind: fault.kind, effect: true, ...next };
    case 'rate_limited':
      return { kind: fault.kind, retryAfterSeconds: fault.seconds, ...next };
    case 'banned':
      return { kind: fault.kind, ms: fault.seconds * 1_000, ...next };
    case 'duplicate_events':
      return { kind: fault.kind };
    default:
      return { kind: fault.kind, ...next };
  }
}
