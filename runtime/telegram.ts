import { createHmac } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { Counter } from 'prom-client';
import { createIdentity } from '../api/auth/identity.ts';
import { openDatabase } from '../db/connect.ts';
import { placeEvents } from '../db/event-stream.ts';
import { ensureDefaultOwner } from '../db/owners.ts';
import { keepOperatorsChat } from '../db/notification-settings.ts';
import { queueNotifications } from '../db/queue-notifications.ts';
import { sendNotifications } from '../telegram/notifications/send.ts';
import { WrongToken } from '../telegram/reach.ts';
import { runBot } from '../telegram/run-bot.ts';
import { createBotClient, createDepositClient, createWithdrawalClient } from '../workflows/client.ts';
import { ConfigurationError, readConfiguration, type Configuration } from './configuration.ts';
import { requireFreePort } from './embedded/ports.ts';
import { createExchangeAccounts } from './exchange-accounts.ts';
import { createVault } from '../exchanges/vault.ts';
import { createMetrics, serveMetrics } from './metrics.ts';
import { runProcess } from './run-process.ts';
import { sealingKeys } from './vault-key.ts';

const LONGEST_RECONNECT_MS = 2_000;
/** Sending takes none of the connections that answers need. */
const SENDING_POOL = { poolSize: 4, maxOverflow: 0 };

/** The Telegram bot, and what it tells people by itself. It starts without Telegram and without Temporal, and waits for both. */
await runProcess('telegram', readConfiguration, async (configuration, log) => {
  const { api: settings, database, exchange, temporal, telegram } = configuration;
  const { apiUrl, operatorsChat, metricsPort } = telegram;
  const token = requireToken(telegram.token);
  const webhook = webhookOf(configuration);
  if (webhook) await requireFreePort(webhook.port, 'TELEGRAM_WEBHOOK_PORT', 'the webhook', webhook.host);
  const sealing = sealingKeys(configuration);
  const knex = openDatabase(database);
  const { id: defaultOwnerId } = await ensureDefaultOwner(knex);
  await keepOperatorsChat(knex, operatorsChat);
  const connection = Connection.lazy({
    address: temporal.address,
    channelArgs: { 'grpc.max_reconnect_backoff_ms': LONGEST_RECONNECT_MS },
  });
  const client = new Client({ connection, namespace: temporal.namespace });
  const registry = createMetrics('telegram', knex);
  const updates = new Counter({
    ...{ name: 'telegram_updates_total', registers: [registry] },
    help: 'Updates of Telegram that were carried out',
  });
  const accounts = createExchangeAccounts({
    vault: createVault(sealing),
    paperUrl: exchange.url,
    testnet: exchange.testnet,
    controlToken: exchange.controlToken,
  });
  const bot = await runBot(
    {
      ...{ knex, settings, log, token, apiUrl, defaultOwnerId, operatorsChat },
      accounts,
      bots: createBotClient(client),
      deposits: createDepositClient(client),
      withdrawals: createWithdrawalClient(client),
      identity: createIdentity({ ...configuration.identity, sealing }),
    },
    { webhook, onUpdate: () => updates.inc() },
  );
  const { url } = database;
  const placing = placeEvents({
    ...{ knex, url, alongside: queueNotifications(defaultOwnerId) },
    onFault: (error) => log.warn({ err: error }, 'placing events failed, it is tried again'),
  });
  const ownKnex = openDatabase({ ...database, ...SENDING_POOL });
  const sending = sendNotifications({ knex: ownKnex, url, token, apiUrl, log });
  const metrics = metricsPort === undefined ? null : await serveMetrics(registry, metricsPort);
  return {
    failed: bot.ended.catch((error: unknown) => {
      throw error instanceof WrongToken ? unknownToken() : error;
    }),
    async stop() {
      await Promise.all([bot.stop(), placing.end(), sending.end()]);
      await accounts.close();
      metrics?.close();
      await connection.close();
      await Promise.all([knex.destroy(), ownKnex.destroy()]);
    },
  };
});

function requireToken(token: string | undefined): string {
  if (token !== undefined) return token;
  throw new ConfigurationError(
    'TELEGRAM_BOT_TOKEN is missing: make a bot with @BotFather, and set it to the token that it gives.',
  );
}

/** Without a secret of its own it has one that nobody can tell who has not SECRET_KEY. */
function webhookOf({ telegram: { webhook }, secrets, api }: Configuration) {
  if (!webhook) return null;
  const { url, port, secret } = webhook;
  const derived = createHmac('sha256', secrets.secretKey).update('telegram webhook').digest('base64url');
  return { url, port, host: api.host, secret: secret ?? derived };
}

function unknownToken(): ConfigurationError {
  return new ConfigurationError(
    'Telegram does not know TELEGRAM_BOT_TOKEN: set it to the token that @BotFather gives for the bot.',
  );
}
