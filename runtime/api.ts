import { Client, Connection } from '@temporalio/client';
import { createApi } from '../api/app.ts';
import { createIdentity } from '../api/auth/identity.ts';
import { createLimits } from '../api/rate-limits/limits.ts';
import { sharedStore } from '../api/rate-limits/stores.ts';
import { listen } from '../api/server.ts';
import { openCounters, openDatabase } from '../db/connect.ts';
import { ensureDefaultOwner } from '../db/owners.ts';
import { createBotClient } from '../workflows/client.ts';
import { readConfiguration, warningsOf } from './configuration.ts';
import { requireFreePort } from './embedded/ports.ts';
import { createMetrics } from './metrics.ts';
import { outsideServices } from './outside-services.ts';
import { openRedis } from './redis.ts';
import { runProcess } from './run-process.ts';

/** A door must answer within 3 s, whatever the database does. */
const LONGEST_QUERY_MS = 2_500;
const LONGEST_RECONNECT_MS = 2_000;

/** The HTTP API. It starts without Temporal, answers 503 to commands meanwhile, and recovers by itself. */
await runProcess('api', readConfiguration, async (configuration, log) => {
  const { api: settings, database, temporal } = configuration;
  for (const warning of warningsOf(configuration)) log.warn(warning);
  await requireFreePort(settings.port, 'PORT', 'the API', settings.host);
  const knex = openDatabase({
    ...database,
    queryTimeoutMs: LONGEST_QUERY_MS,
    ...(database.echo && { onQuery: (sql: string) => log.info({ sql }, 'query') }),
  });
  const owner = await ensureDefaultOwner(knex);
  const counters = openCounters(database.url);
  const redis = openRedis(configuration.redis, log);
  const connection = Connection.lazy({
    address: temporal.address,
    // gRPC's own goes up to two minutes: so long would commands be refused after Temporal is back.
    channelArgs: { 'grpc.max_reconnect_backoff_ms': LONGEST_RECONNECT_MS },
  });
  const client = new Client({ connection, namespace: temporal.namespace });
  const app = createApi({
    knex,
    bots: createBotClient(client),
    settings,
    identity: createIdentity(configuration.identity),
    log,
    metrics: createMetrics('api'),
    limits: createLimits(settings, sharedStore({ pool: counters, redis })),
    redis,
    services: outsideServices(configuration.services, knex),
    defaultOwnerId: owner.id,
  });
  const listening = await listen(app, settings);
  log.info({ url: listening.url }, 'listening');
  return {
    async stop() {
      await listening.close();
      await connection.close();
      redis?.disconnect();
      await Promise.all([counters.end(), knex.destroy()]);
    },
  };
});
