import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { openDatabase } from '../db/connect.ts';
import { keepAnchors } from './audit-anchors.ts';
import { readConfiguration } from './configuration.ts';
import { ensureFund, mayMoveFund } from './fund.ts';
import { createMetrics, serveMetrics } from './metrics.ts';
import { runProcess } from './run-process.ts';
import { ensureSchedules } from './schedules.ts';
import { ensureSearchAttributes } from './search-attributes.ts';
import { ensureEnvironmentAccount } from './environment-account.ts';
import { installTemporalRuntime } from './temporal-logging.ts';
import { startTrading } from './trading.ts';
import { openVault } from './vault-key.ts';
import { watchDealing } from './watch-dealing.ts';
import { workflowBundle } from './workflow-bundle.ts';

/** Everything that trades: workflows and activities of all bots. Run as many as there is to do. */
await runProcess('worker', readConfiguration, async (configuration, log) => {
  const { database, temporal, exchange, worker, treasury, dataDir, auditAnchors } = configuration;
  const vault = openVault(configuration.secrets);
  installTemporalRuntime(log);
  const bundle = workflowBundle(join(dataDir, 'cache'));
  const knex = openDatabase(database);
  if (exchange.liveKeys) await ensureEnvironmentAccount(knex, vault, exchange.liveKeys);
  const fund = await ensureFund(knex, vault, configuration.fund);
  if (fund && !fund.isAsSet)
    log.warn(
      { bot: fund.bot.id },
      "the fund's bot was made with other settings than FUND_SYMBOLS, FUND_STRATEGY and FUND_STRATEGY_PARAMETERS say: it keeps its own",
    );
  const mayMove = await mayMoveFund(knex, treasury.keys);
  const connection = await NativeConnection.connect({ address: temporal.address });
  const clientConnection = await Connection.connect({ address: temporal.address });
  await ensureSearchAttributes(clientConnection, temporal.namespace);
  const client = new Client({ connection: clientConnection, namespace: temporal.namespace });
  const trading = await startTrading({
    knex,
    connection,
    client,
    namespace: temporal.namespace,
    workflowBundle: await bundle,
    vault,
    paperUrl: exchange.url,
    testnet: exchange.testnet,
    slots: worker.slots,
    logRetentionDays: worker.logRetentionDays,
    fund: { settings: treasury.fund },
    treasury: mayMove ? { keys: treasury.keys } : null,
    onFault: (error) => log.warn({ err: error }, 'looking after other workers failed, it is tried again'),
    onStreamFault: (fault) => log.warn({ ...fault }, 'a stream is being put right'),
  });
  const endAnchors = keepAnchors({
    ...{ knex, file: auditAnchors },
    onFault: (error) => log.error({ err: error }, 'the audit log could not be anchored, it is tried again'),
  });
  const endDealingWatch = watchDealing({ knex, log });
  await ensureSchedules(client, mayMove ? treasury : null);
  const metrics =
    worker.metricsPort && (await serveMetrics(createMetrics('worker', knex), worker.metricsPort));
  return {
    failed: trading.ended,
    async stop() {
      await trading.stop();
      await endAnchors();
      await endDealingWatch();
      if (metrics) metrics.close();
      await connection.close();
      await clientConnection.close();
      await knex.destroy();
    },
  };
});
