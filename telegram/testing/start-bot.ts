import type { Knex } from 'knex';
import { pino } from 'pino';
import { recordingBotClient, type RecordingBotClient } from '../../api/testing/recording-bot-client.ts';
import { testIdentity } from '../../api/testing/identity.ts';
import { madeUpDeposits } from '../../api/testing/made-up-deposits.ts';
import { NO_WITHDRAWALS } from '../../api/testing/no-withdrawals.ts';
import { STRICT_EXCHANGE } from '../../api/testing/strict-exchange.ts';
import { patientDatabase, TEST_SETTINGS } from '../../api/testing/start-api.ts';
import type { Scope } from '../../runtime/testing/database.ts';
import {
  startTelegram,
  type SentMessage,
  type TelegramPerson,
  type TelegramServer,
} from '../../runtime/testing/telegram-server.ts';
import { until } from '../../runtime/testing/stack.ts';
import type { TelegramDependencies } from '../dependencies.ts';
import { runBot } from '../run-bot.ts';
import type { Webhook } from '../webhook.ts';

export interface TestBot {
  telegram: TelegramServer;
  knex: Knex;
  bots: RecordingBotClient;
  /** Of who is nobody's. */
  ownerId: string;
  deps: TelegramDependencies;
  /** A user of ours with Telegram open, linked already. */
  user(about?: { name?: string; role?: 'user' | 'ops' | 'admin'; language?: string }): Promise<LinkedPerson>;
}

export type LinkedPerson = TelegramPerson & { userId: string };

/** The bot by long polling, unless a webhook is given, against a local Telegram, over a database of its own. */
export async function startBot(
  t: Scope,
  overrides: Partial<TelegramDependencies> = {},
  { webhook = null }: { webhook?: Webhook | null } = {},
): Promise<TestBot> {
  const knex = overrides.knex ?? (await patientDatabase(t)).knex;
  const telegram = await startTelegram(t);
  const [{ id: ownerId }] = (await knex('users').insert({ name: 'Owner' }).returning('id')) as [
    { id: string },
  ];
  const bots = recordingBotClient(knex);
  const deps: TelegramDependencies = {
    ...{
      token: telegram.token,
      apiUrl: telegram.url,
      knex,
      bots,
      defaultOwnerId: ownerId,
      operatorsChat: null,
    },
    ...{ accounts: STRICT_EXCHANGE, deposits: madeUpDeposits(knex) },
    ...{ withdrawals: NO_WITHDRAWALS, settings: TEST_SETTINGS, identity: testIdentity() },
    log: pino({ level: 'silent' }),
    ...overrides,
  };
  const running = await runBot(deps, { webhook });
  t.teardown(() => running.stop());
  let people = 1_000;
  return {
    ...{ telegram, knex, bots, ownerId, deps },
    async user({ name = 'Ada', role = 'user', language = 'en' } = {}) {
      const person = telegram.person(++people, { name, language });
      const [{ id: userId }] = (await knex('users').insert({ name, role }).returning('id')) as [
        { id: string },
      ];
      const linked = { telegram_id: person.id, name, linked_at: new Date() };
      await knex('telegram_links').insert({ user_id: userId, ...linked });
      return { ...person, userId };
    },
  };
}

/** Writes, and waits for the bot's next message to that person. */
export async function answerTo(person: TelegramPerson, text: string): Promise<SentMessage> {
  const before = person.received().length;
  person.write(text);
  return until(`an answer to ${text}`, () => person.received()[before]);
}

/** Presses a button, and waits for the bot's next message to that person. */
export async function pressed(
  person: TelegramPerson,
  message: SentMessage,
  data: string,
): Promise<SentMessage> {
  const before = person.received().length;
  person.press(message, data);
  return until(`an answer to ${data}`, () => person.received()[before]);
}
