import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { recordAudit } from '../db/audit.ts';
import { openDatabase } from '../db/connect.ts';
import { readEngagedSwitch } from '../db/kill-switch.ts';
import { Bot } from '../db/models/bot.ts';
import { OrderIntent } from '../db/models/order-intent.ts';
import { startTestPostgres, TEST_AUDIT_KEY } from '../runtime/testing/database.ts';
import { botWithAccount } from '../runtime/testing/rows.ts';
import { percentile, type Figure, type Measurement } from './measurement.ts';

const ROUNDS = 400;
const WARM_UP = 50;
/** As many as place an order at the same moment, each a bot of its own; and the connections they share. */
const BOTS = 100;
const CONNECTIONS = 30;

/** What the audit log costs an order: an intent committed with its entry and without, in turns; then from many bots at once. */
export const auditEntry: Measurement = {
  name: 'audit-entry',
  what: 'committing an intent with its entry in the audit log, against committing it alone',
  async run() {
    const server = await startTestPostgres();
    const options = { poolSize: CONNECTIONS, acquireTimeoutMs: 60_000, auditKey: TEST_AUDIT_KEY };
    const knex = openDatabase({ url: server.url, ...options });
    try {
      return [...(await oneByOne(knex)), ...(await atOnce(knex))];
    } finally {
      await knex.destroy();
      await server.stop();
    }
  },
};

async function oneByOne(knex: Knex): Promise<Figure[]> {
  const { bot } = await botWithAccount(knex);
  const times = { alone: [] as number[], recorded: [] as number[] };
  for (let round = 0; round < ROUNDS + WARM_UP; round++)
    for (const [how, isRecorded] of [
      ['alone', false],
      ['recorded', true],
    ] as const) {
      const began = performance.now();
      await commitIntent(knex, bot, 2 * round + Number(isRecorded), isRecorded);
      if (round >= WARM_UP) times[how].push(performance.now() - began);
    }
  return compared('intent', times, 2);
}

/** Every bot has a chain of its own: that they come at once costs no more than it would without the audit log. */
async function atOnce(knex: Knex): Promise<Figure[]> {
  const bots = await Promise.all(Array.from({ length: BOTS }, () => botWithAccount(knex)));
  const wholes = { alone: [] as number[], recorded: [] as number[] };
  for (let round = 0; round < 20; round++)
    for (const [how, isRecorded] of [
      ['alone', false],
      ['recorded', true],
    ] as const) {
      const began = performance.now();
      await Promise.all(
        bots.map(({ bot }) => commitIntent(knex, bot, 2 * round + Number(isRecorded), isRecorded)),
      );
      wholes[how].push(performance.now() - began);
    }
  return compared(`${BOTS} intents at once`, wholes, 2);
}

function compared(what: string, times: { alone: number[]; recorded: number[] }, atMost: number): Figure[] {
  const [alone, recorded] = [percentile(times.alone, 0.5), percentile(times.recorded, 0.5)];
  return [
    { name: `${what}: with an entry over alone`, value: recorded / alone, unit: 'x', bound: { atMost } },
    { name: `${what}: alone, p50`, value: alone, unit: 'ms' },
    { name: `${what}: with an entry, p50`, value: recorded, unit: 'ms' },
  ];
}

async function commitIntent(knex: Knex, bot: Bot, sequence: number, isRecorded: boolean): Promise<void> {
  const id = randomUUID();
  const order = { symbol: bot.ticker, side: 'BUY', type: 'LIMIT', quantity: '0.02', price: '45000' } as const;
  await knex.transaction(async (tx) => {
    // As `place` does it, under both fences.
    await readEngagedSwitch(tx, { accountId: bot.exchange_account_id!, botId: bot.id });
    await Bot.query(tx).findById(bot.id).forShare();
    const send = { status: 'SENDING', send_before: new Date() } as const;
    const of = { client_order_id: id, bot_id: bot.id, exchange_account_id: bot.exchange_account_id };
    await OrderIntent.query(tx).insert({ ...of, ...order, ...send, cycle: 1, leg: 'main', sequence });
    if (!isRecorded) return;
    const entry = { subject: `bot/${bot.id}`, action: 'order.place', userId: bot.user_id } as const;
    await recordAudit(tx, { ...entry, address: null, target: `order/${id}`, details: order });
  });
}
