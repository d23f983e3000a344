import type { Knex } from 'knex';
import { pino } from 'pino';
import type { Pace } from '../../db/notifications.ts';
import { placeEvents } from '../../db/event-stream.ts';
import { keepOperatorsChat } from '../../db/notification-settings.ts';
import { queueNotifications } from '../../db/queue-notifications.ts';
import { freshDatabase, type Scope } from '../../runtime/testing/database.ts';
import {
  startTelegram,
  type TelegramPerson,
  type TelegramServer,
} from '../../runtime/testing/telegram-server.ts';
import { sendNotifications } from '../notifications/send.ts';

export interface TestNotifications {
  telegram: TelegramServer;
  knex: Knex;
  ownerId: string;
  /** A user who is linked. */
  user(about?: { role?: 'user' | 'admin'; language?: 'en' | 'ko'; timeZone?: string }): Promise<Reader>;
  /** Begins another process that sends, by a clock of its own where one is given; returns its end. */
  send(now?: () => number): () => Promise<void>;
  /** Writes an event, of a user's bot where one is given. */
  tell(
    type: string,
    about: { user_id?: string; bot_id?: string; payload?: object; created_at?: Date },
  ): Promise<void>;
  /** What is in the queue, in the order of their events. */
  queue(): Promise<
    { state: string; error: string | null; attempts: number; kind: string; chat_id: number }[]
  >;
}

export type Reader = TelegramPerson & { userId: string };

/** Fast, so that a test does not wait; only a chat's own is so slow that its order tells. */
export const QUICK: Pace = { perSecond: 1_000, chatMs: 1, groupMs: 1, leaseMs: 2_000 };

const silent = pino({ level: 'silent' });
const ignore = () => undefined;

interface Options {
  operatorsChat?: number | null;
  pace?: Pace;
  /** Of a database that is there already, and the user whom nobody's bots count as. */
  on?: { knex: Knex; databaseUrl: string; owner: { id: string } };
}

/** Events get their places and are queued; nothing sends yet. */
export async function startNotifications(
  t: Scope,
  { operatorsChat = null, pace = QUICK, on }: Options = {},
): Promise<TestNotifications> {
  const { knex, url } = on ? { knex: on.knex, url: on.databaseUrl } : await freshDatabase(t);
  const telegram = await startTelegram(t);
  const defaultOwnerId = on ? on.owner.id : await insertUser(knex, { name: 'Owner' });
  await keepOperatorsChat(knex, operatorsChat);
  const alongside = queueNotifications(defaultOwnerId);
  const placing = placeEvents({ knex, url, alongside, onFault: ignore });
  t.teardown(() => placing.end());
  let people = 1_000;
  return {
    ...{ telegram, knex, ownerId: defaultOwnerId },
    async user({ role = 'user', language = 'en', timeZone = 'UTC' } = {}) {
      const person = telegram.person(++people, { language });
      const userId = await insertUser(knex, { name: 'Ada', role });
      const link = { telegram_id: person.id, name: 'Ada', linked_at: new Date() };
      await knex('telegram_links').insert({ user_id: userId, ...link });
      await knex('user_preferences').insert({ user_id: userId, language, time_zone: timeZone });
      return { ...person, userId };
    },
    send(now = Date.now) {
      const { token, url: apiUrl } = telegram;
      const sending = sendNotifications({ knex, url, token, apiUrl, log: silent, pace, now });
      t.teardown(() => sending.end());
      return () => sending.end();
    },
    async tell(type, about) {
      await knex('events').insert({ type, ...about, payload: JSON.stringify(about.payload ?? {}) });
    },
    queue: () =>
      knex('notifications')
        .orderBy('position')
        .orderBy('id')
        .select('state', 'error', 'attempts', 'kind', 'chat_id'),
  };
}

/** What a reader was sent, as it was sent. */
export const texts = (reader: Reader): string[] => reader.received().map(({ text }) => text);

/** Every message to a reader that Telegram was asked to take, taken or not. */
export function sends({ telegram }: TestNotifications, { id }: Reader) {
  return telegram.calls.filter(
    ({ method, fields }) => method === 'sendMessage' && Number(fields['chat_id']) === id,
  );
}

/** Tells a user of a deposit of so much. */
export async function deposit({ tell }: TestNotifications, user_id: string, n: number): Promise<void> {
  await tell('fund.deposit', { user_id, payload: { status: 'credited', amount: String(n), asset: 'USDC' } });
}

async function insertUser(knex: Knex, user: object): Promise<string> {
  const [{ id }] = (await knex('users').insert(user).returning('id')) as [{ id: string }];
  return id;
}
