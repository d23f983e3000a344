import { Client, Connection } from '@temporalio/client';
import type { Knex } from 'knex';
import { openDatabase } from '../../db/connect.ts';
import { readFundBot } from '../../db/fund/fund-bot.ts';
import { migrateToLatest } from '../../db/migrations.ts';
import { createBotClient } from '../../workflows/client.ts';
import type { Configuration } from '../configuration.ts';
import { ensureDemoFund } from '../demo-fund.ts';
import { seedDemo, startDemoBots } from '../demo.ts';
import { ensureFund, openFundAccount } from '../fund.ts';
import { openVault } from '../vault-key.ts';
import { followActivity } from './activity.ts';
import { banner } from './banner.ts';
import { clearTheWay } from './clear-the-way.ts';
import { takeDataFolder } from './data-folder.ts';
import { createParts } from './parts.ts';
import { planStart, settingsOf, type Plan, type Variables } from './plan.ts';
import { telegramName } from './telegram-name.ts';
import { tellFundDemo } from './tell-fund-demo.ts';

export interface Everything {
  /** Resolves when the bots trade. */
  started: Promise<void>;
  /** Ends in order, within 20 s, what has been started so far. */
  stop(): Promise<void>;
}

/**
 * Starts every part that no variable replaces, each as soon as what it needs is there. With the simulated exchange come the demo
 * owner and bots.
 */
export function startEverything(variables: Variables, say: (line: string) => void): Everything {
  const begun = Date.now();
  const settings = settingsOf(variables);
  const folder = takeDataFolder(settings.dataDir);
  const plan = planStart(variables, settings, folder);
  const { configuration, embedded } = plan;
  const parts = createParts(plan, folder, say);
  const knex = openDatabase({ ...configuration.database, poolSize: 2, maxOverflow: 0 });
  let activity: { stop(): void } | null = null;
  let telling: { stop(): void } | null = null;
  let stopping = false;

  async function startDatabase(): Promise<void> {
    if (embedded.postgres) await parts.postgres();
    await migrateToLatest(knex);
    if (!stopping) activity = followActivity(knex, new Date(begun), say);
  }

  async function start(): Promise<void> {
    await clearTheWay(plan, folder);
    const databaseUp = startDatabase();
    const temporalUp = embedded.temporal ? parts.temporal() : null;
    const exchangeUp = embedded.exchange ? parts.process('exchange') : null;
    const seeded = exchangeUp && Promise.all([databaseUp, exchangeUp]).then(() => seed(knex, plan));
    await Promise.all([
      databaseUp.then(() => parts.process('api')),
      configuration.telegram.token !== undefined && databaseUp.then(() => parts.process('telegram')),
      // It looks whether there is a fund.
      Promise.all([databaseUp, temporalUp, seeded]).then(() => parts.process('worker')),
    ]);
    if (exchangeUp) await startBots(knex, configuration);
    const [fund, telegram] = await Promise.all([readFundBot(knex), telegramName(configuration.telegram)]);
    say(banner(configuration, embedded, { seconds: (Date.now() - begun) / 1_000, fund, telegram }));
    if (plan.hasDemoFund && !stopping) telling = tellFundDemo(knex, configuration, say);
  }

  return {
    started: start(),
    async stop() {
      stopping = true;
      activity?.stop();
      telling?.stop();
      await knex.destroy();
      await parts.stop();
      folder.release();
    },
  };
}

async function seed(knex: Knex, { configuration, hasDemoFund }: Plan): Promise<void> {
  const { secrets, exchange, fund: settings } = configuration;
  const { url: exchangeUrl, controlToken = '' } = exchange;
  const vault = openVault(secrets);
  await seedDemo({ knex, vault, exchangeUrl, controlToken });
  if (hasDemoFund) return ensureDemoFund(knex, vault, { exchangeUrl, controlToken });
  const fund = await ensureFund(knex, vault, settings);
  if (fund) await openFundAccount(vault, fund, { exchangeUrl, controlToken });
}

async function startBots(knex: Knex, { temporal }: Configuration): Promise<void> {
  const connection = await Connection.connect({ address: temporal.address });
  try {
    await startDemoBots(knex, createBotClient(new Client({ connection, namespace: temporal.namespace })));
  } finally {
    await connection.close();
  }
}
