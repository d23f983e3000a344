import { Client, Connection } from '@temporalio/client';
import { openDatabase } from '../db/connect.ts';
import { createBotClient } from '../workflows/client.ts';
import { environment, readConfiguration } from './configuration.ts';
import { seedDemo, startDemoBots } from './demo.ts';
import { ensureFund, openFundAccount } from './fund.ts';
import { openVault } from './vault-key.ts';

/** Sets up the demo: run as often as you like, what is there stays as it is. */
const { database, exchange, fund: fundSettings, secrets, temporal } = readConfiguration(environment());
const knex = openDatabase({ ...database, poolSize: 2 });
const connection = await Connection.connect({ address: temporal.address });
try {
  const vault = openVault(secrets);
  const paper = { exchangeUrl: exchange.url, controlToken: exchange.controlToken ?? '' };
  await seedDemo({ knex, vault, ...paper });
  const fund = await ensureFund(knex, vault, fundSettings);
  if (fund) await openFundAccount(vault, fund, paper);
  const bots = createBotClient(new Client({ connection, namespace: temporal.namespace }));
  await startDemoBots(knex, bots);
} finally {
  await connection.close();
  await knex.destroy();
}
