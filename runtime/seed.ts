import { Client, Connection } from '@temporalio/client';
import { openDatabase } from '../db/connect.ts';
import { createBotClient } from '../workflows/client.ts';
import { environment, readConfiguration } from './configuration.ts';
import { seedDemo, startDemoBots } from './demo.ts';
import { openVault } from './vault-key.ts';

/** Sets up the demo: run as often as you like, what is there stays as it is. */
const { database, exchange, secrets, temporal } = readConfiguration(environment());
const knex = openDatabase({ ...database, poolSize: 2 });
const connection = await Connection.connect({ address: temporal.address });
try {
  await seedDemo({
    knex,
    vault: openVault(secrets),
    exchangeUrl: exchange.url,
    controlToken: exchange.controlToken ?? '',
  });
  const bots = createBotClient(new Client({ connection, namespace: temporal.namespace }));
  await startDemoBots(knex, bots);
} finally {
  await connection.close();
  await knex.destroy();
}
