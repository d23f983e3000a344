import { Client, Connection } from '@temporalio/client';
import { createApi } from '../api/app.ts';
import { createIdentity } from '../api/auth/identity.ts';
import { createLimits } from '../api/rate-limits/limits.ts';
import { sharedStore } from '../api/rate-limits/stores.ts';
import { listen } from '../api/server.ts';
import { openCounters, openDatabase } from '../db/connect.ts';
import { createVault } from '../exchanges/vault.ts';
import { queueNotifications } from '../db/queue-notifications.ts';
import { ensureDefaultOwner } from '../db/owners.ts';
import {
  createBotClient,
  createDepositClient,
  createFundClient,
  createWithdrawalClient,
} from '../workflows/client.ts';
import { readConfiguration, warningsOf } from './configuration.ts';
import { requireFreePort } from './embedded/ports.ts';
import { createExchangeAccounts } from './exchange-accounts.ts';
import { startLiveUpdates } from './live-updates.ts';
import { createMetrics } from './metrics.ts';
import { outsideServices } from './outside-services.ts';
import { openRedis } from './redis.ts';
import { runProcess } from './run-process.ts';
import { requireOwnMachine, requirePaper } from './without-sign-in.ts';
import { sealingKeys } from './vault-key.ts';

/** A door must answer within 3 s, whatever the database does. */
const LONGEST_QUERY_MS = 2_500;
const LONGEST_RECONNECT_MS = 2_000;

/** The HTTP API. It starts without Temporal, answers 503 to commands meanwhile, and recovers by itself. */
await runProcess('api', readConfiguration, async (configuration, log) => {
  const { api: settings, database, exchange, temporal } = configuration;
  requireOwnMachine(configuration);
  for (const warning of warningsOf(configuration)) log.warn(warning);
  const sealing = sealingKeys(configuration);
  if (sealing.isForThisRun)
    log.warn(
      'Exchange keys and second factors are sealed under a key made for this run: nothing else can open them. Set ENCRYPTION_KEY.',
    );
  await requireFreePort(settings.port, 'PORT', 'the API', settings.host);
  const knex = openDatabase({
    ...{ ...database, queryTimeoutMs: LONGEST_QUERY_MS },
    ...(database.echo && { onQuery: (sql: string) => log.info({ sql }, 'query') }),
  });
  const { id: defaultOwnerId } = await ensureDefaultOwner(knex);
  await requirePaper(knex, { api: settings, defaultOwnerId });
  const counters = openCounters(database.url);
  const redis = openRedis(configuration.redis, log);
  const connection = Connection.lazy({
    address: temporal.address,
    // gRPC's own goes up to two minutes: so long would commands be refused after Temporal is back.
    channelArgs: { 'grpc.max_reconnect_backoff_ms': LONGEST_RECONNECT_MS },
  });
  const client = new Client({ connection, namespace: temporal.namespace });
  const accounts = createExchangeAccounts({
    vault: createVault(sealing),
    paperUrl: exchange.url,
    testnet: exchange.testnet,
    controlToken: exchange.controlToken,
  });
  const metrics = createMetrics('api', knex);
  const identity = createIdentity({ ...configuration.identity, sealing });
  const live = await startLiveUpdates({
    ...{ knex, databaseUrl: database.url, settings, now: identity.now, log, metrics },
    alongside: queueNotifications(defaultOwnerId),
  });
  const app = createApi({
    knex,
    bots: createBotClient(client),
    deposits: createDepositClient(client),
    fund: createFundClient(client),
    withdrawals: createWithdrawalClient(client),
    settings,
    identity,
    live: live.hub,
    accounts,
    log,
    metrics,
    limits: createLimits(settings, sharedStore({ pool: counters, redis })),
    redis,
    services: outsideServices(configuration.services, knex),
    defaultOwnerId,
  });
  const listening = await listen(app, settings);
  log.info({ url: listening.url }, 'listening');
  return {
    async stop() {
      await live.end();
      await listening.close();
      await accounts.close();
      await connection.close();
      redis?.disconnect();
      await Promise.all([counters.end(), knex.destroy()]);
    },
  };
});
