import test from 'ava';
import fc from 'fast-check';
import { Decimal } from '../../../bots/money.ts';
import { createEngine } from '../engine/engine.ts';
import type { Engine, NewAccount, StateRecord } from '../engine/types.ts';
import { type Clock, openMarket } from '../testing/market.ts';
import { OUTSIDE_ADDRESS } from '../testing/fund-exchange.ts';
import { depositAddress } from './addresses.ts';
import { CHAINS, networkOf } from './networks.ts';
import { Refusal } from './types.ts';
import { Wallet } from './wallet.ts';

const NETWORKS = ['ETH', 'BSC', 'TRX', 'SOL'] as const;
type NetworkId = (typeof NETWORKS)[number];

interface Step {
  kind: 'send' | 'mine' | 'reverse' | 'withdraw' | 'fail' | 'transfer';
  network: NetworkId;
  amount: string;
  blocks: number;
  pick: number;
  as: 'cancelled' | 'rejected' | 'failed';
  /** To an address of this exchange. */
  home: boolean;
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('send', 'mine', 'mine', 'reverse', 'withdraw', 'fail', 'transfer', 'transfer'),
    network: fc.constantFrom(...NETWORKS),
    amount: fc.integer({ min: 1, max: 50_000_000 }).map((units) => (units / 1e6).toFixed(6)),
    blocks: fc.integer({ min: 1, max: 70 }),
    pick: fc.nat(20),
    as: fc.constantFrom('cancelled', 'rejected', 'failed'),
    home: fc.boolean(),
  }),
  { minLength: 1, maxLength: 50, size: 'max' },
);

test('whatever comes in, goes out, fails or is reversed: nothing is made or lost, and nobody owes', (t) => {
  fc.assert(
    fc.property(steps, (taken) => {
      const hall = open();
      const before = total(hall.engine);
      return taken.every((step) => {
        take(hall, step);
        return total(hall.engine) === before && isSound(hall);
      });
    }),
    { numRuns: 200 },
  );
  t.pass();
});

test('whatever happened before: a wallet restored goes on as the one that never stopped', (t) => {
  fc.assert(
    fc.property(steps, steps, (before, after) => {
      const hall = open();
      for (const step of before) take(hall, step);
      const engine = createEngine({ clock: () => hall.clock.now });
      const wallet = new Wallet(engine, { pace: 0 });
      const records = [...hall.engine.records(), ...hall.wallet.records()];
      const kept = JSON.parse(JSON.stringify(records)) as StateRecord[];
      for (const record of kept) if (record.kind === 'wallet') wallet.restore(record.record);
      engine.restore({ version: 1, records: kept.filter(({ kind }) => kind !== 'wallet') });
      wallet.open();
      const restored = { ...hall, engine, wallet };
      if (stateOf(restored) !== stateOf(hall)) return false;
      // New ids differ by chance: what is compared from here on is money.
      const quiet = after.filter(({ kind }) => kind === 'mine' || kind === 'reverse' || kind === 'fail');
      for (const step of quiet) for (const each of [hall, restored]) take(each, step, false);
      return stateOf(restored) === stateOf(hall);
    }),
    { numRuns: 100 },
  );
  t.pass();
});

interface Hall {
  engine: Engine;
  wallet: Wallet;
  clock: Clock;
  accounts: string[];
}

function open(): Hall {
  const { engine, clock } = openMarket({
    accounts: [
      { id: 'fund', balances: { USDC: '100' } },
      { id: 'other', balances: { USDC: '5' } },
    ],
  });
  const wallet = new Wallet(engine, { pace: 0 });
  wallet.open();
  const fund = engine.account('fund') as NewAccount;
  const subs = ['one', 'two'].map((name) => wallet.openSubAccount(fund, name).id);
  return { engine, wallet, clock, accounts: ['fund', 'other', ...subs] };
}

function take({ wallet, clock, accounts }: Hall, step: Step, passes = true): void {
  const { kind, network, amount, blocks, pick, as, home } = step;
  if (passes) clock.now += 1_000;
  const account = accounts[pick % accounts.length] ?? '';
  const { form } = CHAINS[network] as (typeof CHAINS)[string];
  const address = home ? depositAddress(form, account) : OUTSIDE_ADDRESS[network];
  const [deposit] = wallet.deposits(null).slice(pick);
  const [withdrawal] = wallet.withdrawals(null).slice(pick);
  try {
    if (kind === 'mine') wallet.mine(network, blocks);
    else if (kind === 'send') wallet.send({ asset: 'USDC', network, address, amount });
    else if (kind === 'reverse') wallet.reverse(deposit?.txId ?? '');
    else if (kind === 'fail') wallet.fail(withdrawal?.id ?? '', as, '');
    else if (kind === 'withdraw')
      wallet.withdraw('fund', { asset: 'USDC', network, address, amount, tag: null, withdrawOrderId: null });
    else {
      const place = (n: number): string | null => (n % 3 === 0 ? null : (accounts[1 + (n % 3)] ?? null));
      const ends = { fromEmail: place(pick), toEmail: place(blocks) };
      wallet.transfer('fund', { ...ends, asset: 'USDC', amount, clientTranId: `${pick}` });
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function total(engine: Engine): string {
  return engine
    .accounts()
    .flatMap(({ id }) => engine.balances(id))
    .filter(({ asset }) => asset === 'USDC')
    .reduce((sum, { free, locked }) => sum.plus(free).plus(locked), new Decimal(0))
    .toFixed();
}

/** Worked out from what came and went, not from what moved. */
function isSound({ engine, wallet }: Hall): boolean {
  const sum = (amounts: string[]): Decimal => amounts.reduce((all, one) => all.plus(one), new Decimal(0));
  const held = (id: string): Decimal =>
    sum(
      engine
        .balances(id)
        .filter(({ asset }) => asset === 'USDC')
        .map(({ free }) => free),
    );
  const deposits = wallet.deposits(null);
  const credited = deposits.filter(({ status }) => status === 'credited' || status === 'final');
  const borne = sum(deposits.map((each) => each.borne));
  const withdrawals = wallet.withdrawals(null);
  const leaving = withdrawals.filter(({ status }) => status === 'processing' || status === 'broadcast');
  const gone = withdrawals.filter(({ status }) => status === 'completed');
  const inside = engine.accounts().filter(({ house }) => house !== true);
  const expected = sum(['105', ...credited.map(({ amount }) => amount)])
    .plus(borne)
    .minus(sum([...leaving, ...gone].map(({ amount }) => amount)));
  const isNobodyInDebt = inside.every(({ id }) =>
    engine.balances(id).every(({ free }) => !free.includes('-')),
  );
  return (
    isNobodyInDebt &&
    sum(inside.map(({ id }) => held(id).toFixed())).eq(expected) &&
    held('house:withdrawals').eq(sum(leaving.map(({ amount }) => amount))) &&
    held('house:fees').eq(sum(gone.map(({ fee }) => fee))) &&
    gone.every(({ asset, network, confirmations }) => {
      return confirmations >= (networkOf(asset, network)?.confirmations ?? Infinity);
    })
  );
}

function stateOf({ engine, wallet, accounts }: Hall): string {
  const balances = [...accounts, 'house:outside', 'house:withdrawals', 'house:fees'].map((id) =>
    engine.balances(id),
  );
  return JSON.stringify([
    balances,
    wallet.deposits(null),
    wallet.withdrawals(null),
    wallet.transfers('fund'),
  ]);
}
