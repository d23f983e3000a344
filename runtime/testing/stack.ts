import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createApi } from '../../api/app.ts';
import { listen } from '../../api/server.ts';
import type { ApiSettings } from '../../api/settings.ts';
import { testIdentity } from '../../api/testing/identity.ts';
import { TEST_SETTINGS } from '../../api/testing/start-api.ts';
import type { Dependencies, Timing } from '../../activities/dependencies.ts';
import { NO_FEES } from '../../bots/fund/fees.ts';
import { insertBot, type NewBot } from '../../db/bots.ts';
import type { Bot } from '../../db/models/bot.ts';
import { ExchangeAccount } from '../../db/models/exchange-account.ts';
import { User } from '../../db/models/user.ts';
import type { Control } from '../../exchanges/simulated/control/control.ts';
import type { NewAccount } from '../../exchanges/simulated/engine/types.ts';
import { startSimulatedExchange, type SimulatedExchange } from '../../exchanges/simulated/server.ts';
import { createVault, type Vault } from '../../exchanges/vault.ts';
import {
  createBotClient,
  createDepositClient,
  createFundClient,
  createWithdrawalClient,
  type BotAddress,
  type BotClient,
} from '../../workflows/client.ts';
import { binarySearch } from '../configuration.ts';
import type { EmbeddedPostgres } from '../embedded/postgres.ts';
import type { EmbeddedTemporal } from '../embedded/temporal.ts';
import { createExchangeAccounts } from '../exchange-accounts.ts';
import { startTrading, type Trading, type TradingOptions } from '../trading.ts';
import { workflowBundle } from '../workflow-bundle.ts';
import { freshDatabase, type Scope } from './database.ts';
import { PING_PONG } from './rows.ts';
import { freshTemporal, type TestTemporal } from './temporal.ts';

export interface Stack {
  knex: Knex;
  databaseUrl: string;
  temporal: TestTemporal;
  exchange: StillMarkets;
  api: { url: string };
  bots: BotClient;
  owner: User;
  /** The owner's funded paper account on `Binance`. */
  account: ExchangeAccount;
  vault: Vault;
  /** A bot of the owner at rest, ping-pong on BTC/USDT unless said otherwise. */
  addBot(columns?: Partial<NewBot>): Promise<BotAddress>;
  /** Everything that trades, for tests that begin without workers or stop and start them. */
  startWorkers(): Promise<Trading>;
  /** Waits until `check` gives something, or fails with `what`. */
  until: typeof until;
}

export interface StackOptions {
  timing?: Partial<Timing>;
  settings?: Partial<ApiSettings>;
  step?: Dependencies['step'];
  /** False: no worker until the test starts some. */
  worker?: boolean;
  /** Dynamic configuration, `key=JSON`, of a Temporal server of the test's own, or one that the test may take down. */
  temporal?: string[] | Pick<EmbeddedTemporal, 'address'>;
  /** A server that the test may take down. */
  postgres?: Pick<EmbeddedPostgres, 'url'>;
  /** Calls end as soon as the product ends them, to see it do so; else they wait as long as a busy machine needs. */
  impatient?: boolean;
  /** Absent: logs are kept for ever. */
  logRetentionDays?: number;
  /** The fund's clock, its marked steps. */
  fund?: Partial<TradingOptions['fund']>;
  /** What is special about the owner's account on the exchange. */
  account?: Partial<Pick<NewAccount, 'balances' | 'feeAsset'>>;
}

/** What opens the sealed keys of a stack's accounts. */
export const TEST_KEY = { keyId: 'test', key: Buffer.alloc(32, 7) };

/** What a stack's fund is like. */
const FUND_SETTINGS = {
  ...{ currency: 'USDC', initialPrice: '1', minDeposit: '10' },
  networks: ['ETH', 'BSC', 'TRX', 'SOL'],
  fees: NO_FEES,
};

/** A day in the life: long enough for the slowest recovery, short enough that a hang is seen. */
const PATIENCE_MS = 60_000;

/**
 * Everything on loopback and real: PostgreSQL, Temporal, the simulated exchange behind ccxt, workers and the API. Prices
 * stand still until the test moves them. All of it ends with the test.
 */
export async function startStack(t: Scope, options: StackOptions = {}): Promise<Stack> {
  const [database, temporal] = await Promise.all([
    freshDatabase(t, {
      ...(options.postgres && { own: options.postgres }),
      ...(options.impatient ? {} : { acquireTimeoutMs: PATIENCE_MS }),
    }),
    freshTemporal(t, options.temporal),
  ]);
  const { knex } = database;
  const exchange = await startStillMarkets(t);
  const sealing = { currentKeyId: TEST_KEY.keyId, keys: { [TEST_KEY.keyId]: TEST_KEY.key } };
  const vault = createVault(sealing);
  const { owner, account } = await openOwner(knex, exchange, vault, options.account);
  const startWorkers = () => openWorkers(t, { knex, temporal, exchange, vault, options });
  if (options.worker !== false) await startWorkers();
  // On a busy machine a test waits rather than fails: how fast a command is answered is the benchmark's business.
  const patience = options.impatient ? {} : { deadlineMs: 30_000 };
  const bots = createBotClient(temporal.client, patience);
  const paperUrl = exchange.url as `http://${string}`;
  const { controlToken } = exchange;
  const where = { paperUrl, controlToken, testnet: true, patienceMs: PATIENCE_MS };
  const accounts = createExchangeAccounts({ vault, ...where });
  t.teardown(() => accounts.close());
  const app = createApi({
    knex,
    bots,
    deposits: createDepositClient(temporal.client, patience),
    fund: createFundClient(temporal.client, patience),
    withdrawals: createWithdrawalClient(temporal.client, { deadlineMs: 30_000 }),
    accounts,
    settings: { ...TEST_SETTINGS, maxBots: 10, ...options.settings },
    identity: testIdentity({ secret: randomUUID(), sealing }),
    log: pino({ level: 'silent' }),
    metrics: new Registry(),
    defaultOwnerId: owner.id,
    ...(options.impatient ? {} : { deadlineMs: PATIENCE_MS }),
    checkAnswers: true,
  });
  const api = await listen(app, { host: '127.0.0.1', port: 0 });
  t.teardown(() => api.close(100));
  return {
    knex,
    databaseUrl: database.url,
    temporal,
    exchange,
    api,
    bots,
    owner,
    account,
    vault,
    async addBot(columns = {}) {
      const row = { ...PING_PONG, user_id: owner.id, exchange_account_id: account.id, ...columns };
      const bot = await insertBot(knex, row, { maxBots: 10_000 });
      if (!bot) throw new Error('No room for another bot');
      return addressOf(bot, owner.id);
    },
    startWorkers,
    until,
  };
}

function addressOf(bot: Bot, ownerId: string): BotAddress {
  return { botId: bot.id, ownerId, exchange: bot.exchange, symbol: bot.ticker, strategy: bot.strategy };
}

export interface StillMarkets extends SimulatedExchange {
  control: Control;
  /** Opens the control API. */
  controlToken: string;
}

/** Prices stand still until the test moves them. */
export async function startStillMarkets(t: Scope): Promise<StillMarkets> {
  const controlToken = `control-${randomUUID()}`;
  const exchange = await startSimulatedExchange({
    port: 0,
    feed: 'synthetic',
    seed: 1,
    symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'BNBUSDT', 'BTCUSDC'],
    chainPace: 0,
    stateFile: null,
    controlToken,
    log: () => undefined,
  });
  t.teardown(() => exchange.close());
  const { control } = exchange;
  if (!control) throw new Error('The exchange was started without control');
  control.freeze();
  // Between the buy and the sell price of the specification's example.
  control.movePrice('BTCUSDT', '45500');
  return { ...exchange, control, controlToken };
}

async function openOwner(
  knex: Knex,
  exchange: { control: Control },
  vault: Vault,
  special: StackOptions['account'] = {},
): Promise<{ owner: User; account: ExchangeAccount }> {
  const owner = await User.query(knex).insert({ name: 'Owner' }).returning('*');
  const id = randomUUID();
  const credentials = { apiKey: `key-${randomUUID()}`, secret: `secret-${randomUUID()}` };
  exchange.control.openAccount({
    id,
    keys: [
      {
        key: credentials.apiKey,
        secret: credentials.secret,
        permissions: { read: true, trade: true, withdraw: false },
        ips: [],
      },
    ],
    balances: { USDT: '10000000', BTC: '1000', ETH: '10000', SOL: '100000', BNB: '10000' },
    makerFee: '0.001',
    takerFee: '0.001',
    feeAsset: 'quote',
    ...special,
  });
  const { sealed, keyId } = vault.seal(credentials, {
    accountId: id,
    userId: owner.id,
    exchange: 'Binance',
    kind: 'paper',
  });
  const account = await ExchangeAccount.query(knex)
    .insert({
      id,
      user_id: owner.id,
      exchange: 'Binance',
      label: 'paper',
      kind: 'paper',
      api_key_last4: credentials.apiKey.slice(-4),
      sealed,
      sealed_key_id: keyId,
      permissions: ['read', 'trade'],
    })
    .returning('*');
  return { owner, account };
}

async function openWorkers(
  t: Scope,
  {
    knex,
    temporal,
    exchange,
    vault,
    options,
  }: { knex: Knex; temporal: TestTemporal; exchange: SimulatedExchange; vault: Vault; options: StackOptions },
): Promise<Trading> {
  const trading = await startTrading({
    knex,
    connection: temporal.connection,
    client: temporal.client,
    namespace: temporal.namespace,
    workflowBundle: await workflowBundle(binarySearch().cacheDir),
    vault,
    paperUrl: exchange.url as `http://${string}`,
    testnet: true,
    slots: { watch: 200, trade: 50, cachedWorkflows: 200 },
    logRetentionDays: options.logRetentionDays ?? null,
    ...(options.timing ? { timing: options.timing } : {}),
    ...(options.step ? { step: options.step } : {}),
    fund: { settings: FUND_SETTINGS, ...options.fund },
    treasury: { keys: null },
  });
  t.teardown(() => trading.stop());
  return trading;
}

/** What is left of a value once it is found. */
type Found<T> = Exclude<T, null | undefined | false>;

/** Waits until `check` gives something, or fails with `what`. */
export async function until<T>(
  what: string,
  check: () => PromiseLike<T> | T,
  { everyMs = 20, patienceMs = PATIENCE_MS } = {},
): Promise<Found<T>> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const value = await check();
    if (value !== null && value !== undefined && value !== false) return value as Found<T>;
    if (Date.now() > deadline) throw new Error(`Waited in vain for: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, everyMs);
    });
  }
}
