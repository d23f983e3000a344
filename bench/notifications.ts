import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { pino } from 'pino';
import { openDatabase } from '../db/connect.ts';
import { placeEvents } from '../db/event-stream.ts';
import type { Pace } from '../db/notifications.ts';
import { queueNotifications } from '../db/queue-notifications.ts';
import { freshDatabase, startTestPostgres, type Scope } from '../runtime/testing/database.ts';
import { scoped } from '../runtime/testing/scoped.ts';
import { startTelegram, type SentMessage, type TelegramServer } from '../runtime/testing/telegram-server.ts';
import { PACE, sendNotifications, type Sending } from '../telegram/notifications/send.ts';
import type { Figure, Measurement } from './measurement.ts';

const MESSAGES = 10_000;
/** So few that each would be sent more than its limit, were it not kept. */
const CHATS = 30;
/** At Telegram's own limits it takes seven minutes. */
const FASTER = 10;
const LIMITS = { perSecond: 30 * FASTER, chatPerSecond: FASTER };
const SCALED: Pace = {
  perSecond: PACE.perSecond * FASTER,
  chatMs: PACE.chatMs / FASTER,
  groupMs: PACE.groupMs / FASTER,
  leaseMs: PACE.leaseMs / FASTER,
};
const KILL_AT = MESSAGES * 0.4;
const PATIENCE_MS = 5 * 60_000;

type Program = Pick<Sending, 'url' | 'token' | 'apiUrl'>;

export const notifications: Measurement = {
  name: 'notifications',
  what: `${MESSAGES} notifications to ${CHATS} chats at ${FASTER} times Telegram's limits, the sender killed (-9) on the way`,
  async run(say) {
    const server = await startTestPostgres();
    try {
      return await scoped((t) => measure(t, { own: server, say }));
    } finally {
      await server.stop();
    }
  },
};

async function measure(
  t: Scope,
  { own, say }: { own: Awaited<ReturnType<typeof startTestPostgres>>; say: (line: string) => void },
): Promise<Figure[]> {
  const { knex, url } = await freshDatabase(t, { own });
  const telegram = await startTelegram(t);
  const begun = performance.now();
  await queue(t, knex, url);
  const queued = performance.now();
  say(`queued after ${((queued - begun) / 1_000).toFixed(1)} s`);
  const program = { url, token: telegram.token, apiUrl: telegram.url };
  const first = start(t, program);
  await until(() => telegram.sent.length >= KILL_AT);
  first.kill('SIGKILL');
  await once(first, 'exit');
  say(`killed after ${telegram.sent.length} messages`);
  start(t, program);
  await until(async () => (await waiting(knex)) === 0);
  return figuresOf(telegram, { queueing: queued - begun, draining: performance.now() - queued });
}

async function queue(t: Scope, knex: Knex, url: string): Promise<void> {
  const [{ id: defaultOwnerId }] = (await knex('users').insert({ name: 'Owner' }).returning('id')) as [
    { id: string },
  ];
  await knex.raw(
    `WITH readers AS (INSERT INTO users (name) SELECT 'Reader' FROM generate_series(1, ?) RETURNING id)
     INSERT INTO telegram_links (user_id, telegram_id, name, linked_at)
     SELECT id, row_number() OVER (), 'Reader', now() FROM readers`,
    [CHATS],
  );
  const alongside = queueNotifications(defaultOwnerId);
  const placing = placeEvents({ knex, url, alongside, onFault: () => undefined });
  t.teardown(() => placing.end());
  await knex.raw(
    `INSERT INTO events (user_id, type, payload)
     SELECT user_id, 'fund.deposit', jsonb_build_object('status', 'credited', 'asset', 'USDC', 'amount', n::text)
     FROM generate_series(1, ?) n JOIN telegram_links ON telegram_id = 1 + n % ?`,
    [MESSAGES, CHATS],
  );
  await until(async () => (await waiting(knex)) === MESSAGES);
}

async function waiting(knex: Knex): Promise<number> {
  const { count } = await knex('notifications')
    .where({ state: 'waiting' })
    .count()
    .first<{ count: number }>();
  return count;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`Not all were sent within ${PATIENCE_MS / 1_000} s`);
    await sleep(50);
  }
}

function start(t: Scope, program: Program): ChildProcess {
  const sender = fork(fileURLToPath(import.meta.url), ['send', JSON.stringify(program)], {
    execArgv: ['--import=tsx'],
  });
  t.teardown(() => sender.kill('SIGKILL'));
  return sender;
}

function figuresOf({ sent }: TelegramServer, took: { queueing: number; draining: number }): Figure[] {
  const chats = new Map<number, SentMessage[]>();
  for (const message of sent) chats.set(message.chatId, [...(chats.get(message.chatId) ?? []), message]);
  const arrived = [...chats.values()].map((messages) => new Set(messages.map(({ text }) => text)).size);
  const different = arrived.reduce((sum, one) => sum + one, 0);
  const mostInChat = Math.max(...[...chats.values()].map(mostInASecond));
  const outOfOrder = [...chats.values()].filter((messages) => !isInOrder(messages)).length;
  return [
    { name: 'lost', value: MESSAGES - different, unit: 'messages', bound: { atMost: 0 } },
    {
      name: 'sent twice over the kill',
      value: sent.length - different,
      unit: 'messages',
      bound: { atMost: 50 },
    },
    { name: 'chats out of order', value: outOfOrder, unit: 'messages', bound: { atMost: 0 } },
    {
      name: 'most in any second',
      value: mostInASecond(sent),
      unit: 'messages',
      bound: { atMost: LIMITS.perSecond },
    },
    {
      name: 'most in any second, one chat',
      value: mostInChat,
      unit: 'messages',
      bound: { atMost: LIMITS.chatPerSecond },
    },
    { name: 'drained in', value: took.draining / 1_000, unit: 's' },
    { name: 'of the pace', value: MESSAGES / (took.draining / 1_000) / SCALED.perSecond, unit: 'x' },
    { name: 'queued a second', value: MESSAGES / (took.queueing / 1_000), unit: '1/s' },
  ];
}

function mostInASecond(messages: readonly SentMessage[]): number {
  let [most, oldest] = [0, 0];
  for (const [n, { at }] of messages.entries()) {
    while (messages[oldest]!.at <= at - 1_000) oldest += 1;
    most = Math.max(most, n - oldest + 1);
  }
  return most;
}

/** But for what came twice. */
function isInOrder(messages: readonly SentMessage[]): boolean {
  const amounts = [...new Set(messages.map(({ text }) => Number(/(\d+) USDC/.exec(text)?.[1])))];
  return amounts.every((amount, n) => n === 0 || amount > amounts[n - 1]!);
}

function send(program: Program): void {
  const knex = openDatabase({ url: program.url, poolSize: 4 });
  sendNotifications({
    ...program,
    knex,
    log: pino({ level: 'warn' }, pino.destination(2)),
    pace: SCALED,
  });
}

if (process.argv[2] === 'send') send(JSON.parse(process.argv[3] ?? '') as Program);
