import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { pino } from 'pino';
import { depositAddress } from '../api/commands/deposit-address.ts';
import { requestWithdrawal } from '../api/commands/request-withdrawal.ts';
import { Decimal, type Amount } from '../bots/money.ts';
import type { Deposit } from '../db/fund/deposits.ts';
import { listFundTrades } from '../db/fund/trading-history.ts';
import { findWithdrawalByKey } from '../db/fund/withdrawal-lists.ts';
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

/** Here a payment is final within seconds. */
const NETWORK = 'SOL';
/** A wallet outside. */
const OUTSIDE = 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v';
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
 * good by the next; nothing where all of it has, or where the fund takes nothing over that network.
 */
export async function playDemoFund(options: DemoFundOptions): Promise<void> {
  const { knex, client, configuration, tell, signal } = options;
  const bot = await findUntoldBot(knex);
  if (!bot || !configuration.fund.networks.includes(NETWORK)) return;
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
  { knex, client, configuration, tell }: DemoFundOptions,
  { id: userId, name }: User,
  amount: Amount,
): Promise<void> {
  const { api: settings, exchange } = configuration;
  const deposits = createDepositClient(client, { deadlineMs: PATIENCE_MS });
  const { asset, address } = await depositAddress(
    { network: NETWORK },
    { knex, deposits, settings, caller: { userId } },
  );
  const paper = { exchangeUrl: exchange.url, controlToken: exchange.controlToken ?? '' };
  const isSame = (each: { address: string; amount: Amount }): boolean =>
    each.address === address && new Decimal(each.amount).eq(amount);
  if ((await arrivals(paper)).some(isSame)) return;
  await sendPayment(paper, { asset, network: NETWORK, address, amount });
  tell(`${name} pays ${amount} ${asset} into the fund over ${NETWORK}`);
}

/** Looks now, rather than in a minute, for what has come in. */
async function isSwept(
  { knex, client, tell }: DemoFundOptions,
  { id, name }: User,
  amount: Amount,
): Promise<boolean> {
  const deposit = await knex<Deposit>('deposits').where({ user_id: id, amount }).first();
  if (deposit?.status === 'swept') {
    tell(`${name} has ${units(deposit.units)} units for ${amount} ${deposit.asset}`);
    return true;
  }
  if (deposit === undefined || deposit.status === 'pending')
    await client.schedule.getHandle('fund/deposits').trigger();
  return false;
}

async function askForMoney(
  { knex, client, configuration, tell, signal }: DemoFundOptions,
  { id: userId, name }: User,
): Promise<void> {
  if (await findWithdrawalByKey(knex, { userId, key: KEY })) return;
  const payment = { amount: new Decimal(WITHDRAWN), network: NETWORK, address: OUTSIDE, tag: null };
  const request = await requestWithdrawal(payment, {
    ...{ knex, signal, key: KEY, caller: { userId }, address: '127.0.0.1', settings: configuration.api },
    withdrawals: createWithdrawalClient(client, { deadlineMs: PATIENCE_MS }),
    identity: { now: () => new Date() },
    log: () => pino({ level: 'silent' }),
  });
  tell(`${name} asks for ${WITHDRAWN} ${request.asset}: withdrawal ${request.id} waits for an admin`);
}

function units(amount: Amount | null): string {
  return new Decimal(amount ?? 0).toFixed();
}

/** Asks until it is so. Throws where nobody waits any more. */
async function until(signal: AbortSignal, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(PAUSE_MS, null, { signal });
}
