import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { pino } from 'pino';
import { depositAddress } from '../api/commands/deposit-address.ts';
import { requestWithdrawal } from '../api/commands/request-withdrawal.ts';
import { ApiError } from '../api/errors.ts';
import { Decimal, type Amount } from '../bots/money.ts';
import type { Deposit } from '../db/fund/deposits.ts';
import { listFundTrades } from '../db/fund/trading-history.ts';
import { findWithdrawalByKey } from '../db/fund/withdrawal-lists.ts';
import type { Bot } from '../db/models/bot.ts';
import { User } from '../db/models/user.ts';
import { createBotClient, createDepositClient, createWithdrawalClient } from '../workflows/client.ts';
import type { Configuration } from './configuration.ts';
import { findUntoldBot, markTold } from './demo-fund.ts';
import { startDemoBot } from './demo.ts';
import { arrivals, sendPayment } from './simulated-world.ts';

export interface DemoFundOptions {
  knex: Knex;
  client: Client;
  configuration: Configuration;
  /** Is told what happens, a line each. */
  tell: (line: string) => void;
  signal: AbortSignal;
}

/** A wallet outside, by network of the simulated chain; where a payment is final soonest comes first. */
const OUTSIDE: Readonly<Record<string, string>> = {
  SOL: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v',
  BSC: '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
  TRX: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t',
  ETH: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
};
/** Nobody signs in as them: they have no password, and nobody receives mail there. */
const ADA = { email: 'ada@localhost', name: 'Ada (demo)' };
const BEN = { email: 'ben@localhost', name: 'Ben (demo)' };
const [FIRST_OF_ADA, FIRST_OF_BEN, LATER_OF_BEN] = ['6000', '4000', '2500'];
const WITHDRAWN = '1500';
const KEY = 'demo';

const PATIENCE_MS = 10_000;
const PAUSE_MS = 1_000;
/** Bought and sold: the price of a unit is another one. */
const ROUND_TRIP = 2;

/**
 * What the demo's fund begins with: Ada and Ben pay in, the bot starts, Ada asks for some of it back, and once the bot has earned
 * something Ben pays in again, at the price of then. Everything goes the product's own way: over the chain and past the monitor; by
 * what is behind the API's door. What has happened is looked up, not done again, so that a start that came to nothing half-way is made
 * good by the next; nothing where all of it has. Where the settings leave no way for it, that is told, and it ends.
 */
export async function playDemoFund(options: DemoFundOptions): Promise<void> {
  const { knex, configuration, tell } = options;
  const bot = await findUntoldBot(knex);
  if (!bot) return;
  const { networks } = configuration.fund;
  const network = Object.keys(OUTSIDE).find((each) => networks.includes(each));
  if (network === undefined) return tell(noNetwork(networks));
  try {
    await play({ ...options, network }, bot);
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    tell(error.message);
  }
}

type Play = DemoFundOptions & { network: string };

/** The settings leave no way to go on. */
class Ended extends Error {}

async function play(options: Play, bot: Bot): Promise<void> {
  const { knex, client, tell, signal } = options;
  const [ada, ben] = [await ensureInvestor(knex, ADA), await ensureInvestor(knex, BEN)];
  await payIn(options, ada, FIRST_OF_ADA!);
  await payIn(options, ben, FIRST_OF_BEN!);
  for (const [user, amount] of [[ada, FIRST_OF_ADA!] as const, [ben, FIRST_OF_BEN!] as const])
    await until(signal, () => isSwept(options, user, amount));
  await startDemoBot(createBotClient(client, { deadlineMs: PATIENCE_MS }), bot);
  await askForMoney(options, ada);
  await until(signal, async () => (await listFundTrades(knex, { limit: 1 })).total >= ROUND_TRIP);
  tell("The fund's bot has been through a round: whoever pays in now gets units at another price");
  await payIn(options, ben, LATER_OF_BEN!);
  await markTold(knex, bot);
}

async function ensureInvestor(knex: Knex, { email, name }: typeof ADA): Promise<User> {
  await User.query(knex).insert({ email, name }).onConflict('email').ignore();
  return User.query(knex).findOne({ email }).throwIfNotFound();
}

/** What the chain has brought already is not sent again. */
async function payIn(
  { knex, client, configuration, network, tell }: Play,
  { id: userId, name }: User,
  amount: Amount,
): Promise<void> {
  const { api: settings, exchange } = configuration;
  const deposits = createDepositClient(client, { deadlineMs: PATIENCE_MS });
  const { asset, address } = await depositAddress(
    { network },
    { knex, deposits, settings, caller: { userId } },
  );
  const paper = { exchangeUrl: exchange.url, controlToken: exchange.controlToken ?? '' };
  const isSame = (each: { address: string; amount: Amount }): boolean =>
    each.address === address && new Decimal(each.amount).eq(amount);
  if ((await arrivals(paper)).some(isSame)) return;
  await sendPayment(paper, { asset, network, address, amount });
  tell(`${name} pays ${amount} ${asset} into the fund over ${network}`);
}

/** Looks now, rather than in a minute, for what has come in. */
async function isSwept(
  { knex, client, configuration, tell }: Play,
  { id, name }: User,
  amount: Amount,
): Promise<boolean> {
  const deposit = await knex<Deposit>('deposits').where({ user_id: id, amount }).first();
  if (deposit?.status === 'swept') {
    tell(`${name} has ${units(deposit.units)} units for ${amount} ${deposit.asset}`);
    return true;
  }
  if (deposit?.status === 'kept')
    throw new Ended(
      `${name}'s ${amount} ${deposit.asset} were kept aside, without units: the least that the fund takes is ` +
        `MIN_DEPOSIT_USDC=${configuration.fund.minDeposit}. The demo's fund ends here; for all of it start with less in a new DATA_DIR`,
    );
  if (deposit === undefined || deposit.status === 'pending')
    await client.schedule.getHandle('fund/deposits').trigger();
  return false;
}

async function askForMoney(
  { knex, client, configuration, network, tell, signal }: Play,
  { id: userId, name }: User,
): Promise<void> {
  if (await findWithdrawalByKey(knex, { userId, key: KEY })) return;
  const payment = { amount: new Decimal(WITHDRAWN), network, address: OUTSIDE[network]!, tag: null };
  const request = await requestWithdrawal(payment, {
    ...{ knex, signal, key: KEY, caller: { userId }, address: '127.0.0.1', settings: configuration.api },
    withdrawals: createWithdrawalClient(client, { deadlineMs: PATIENCE_MS }),
    identity: { now: () => new Date() },
    log: () => pino({ level: 'silent' }),
  }).catch((error: unknown) => {
    if (error instanceof ApiError && error.code === 'invalid_input') return error;
    throw error;
  });
  const asks = `${name} asks for ${WITHDRAWN} ${configuration.fund.currency}`;
  if (request instanceof ApiError)
    tell(`${asks} and is refused: ${request.fields.map(({ message }) => message).join('; ')}`);
  else tell(`${asks}: withdrawal ${request.id} waits for an admin`);
}

function noNetwork(networks: readonly string[]): string {
  return (
    `Nobody pays into the demo's fund: FUND_NETWORKS (${networks.join(', ')}) names no network of the simulated chain, ` +
    `which has ${Object.keys(OUTSIDE).join(', ')}`
  );
}

function units(amount: Amount | null): string {
  return new Decimal(amount ?? 0).toFixed();
}

/** Asks until it is so. Throws where nobody waits any more. */
async function until(signal: AbortSignal, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(PAUSE_MS, null, { signal });
}
