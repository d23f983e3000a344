import type { Knex } from 'knex';
import { readBot as readSettings, type Bot as Settings } from '../bots/bot.ts';
import { Decimal, type Amount } from '../bots/money.ts';
import type { OwnOrder } from '../bots/orders.ts';
import { FLAT, type Position } from '../bots/position.ts';
import { startSession, type SessionState } from '../bots/session.ts';
import { parametersOf } from '../db/bot-parameters.ts';
import { BotSessionState } from '../db/models/bot-session-state.ts';
import { Order } from '../db/models/order.ts';
import { OrderIntent } from '../db/models/order-intent.ts';
import { PositionRow } from '../db/models/position.ts';
import { readBot, type BotAndAccount, type Dependencies } from './dependencies.ts';

/** All that is on record of one bot, its settings unread: what is out can be booked and taken back whatever they say. */
export interface StoredBot extends BotAndAccount {
  /** Null before the first start. */
  session: SessionState | null;
  position: Position;
  /** Orders that are not final and intents without an outcome. */
  orders: OwnOrder[];
  /** The highest turn that wrote the session. */
  turn: number;
  /** Of the session as it was read: a write that has it wrong finds that somebody wrote in between. */
  version: number;
  /** Epoch ms of the last saved observation; null for a session that has just begun. */
  observedAt: number | null;
}

/** All that is on record of one bot: what its decisions are made from. */
export interface BotView extends StoredBot {
  settings: Settings;
  session: SessionState;
}

/** Reads a bot as it stands. Fails with `BotGone`, or `InvalidBot` where its settings cannot be read. */
export async function readBotView(deps: Dependencies, botId: string): Promise<BotView> {
  const stored = await readStoredBot(deps, botId);
  const { strategy, protections } = stored.bot;
  const settings = readSettings({ strategy, parameters: parametersOf(stored.bot), protections });
  return { ...stored, settings, session: stored.session ?? startSession(settings, null) };
}

/** The same, whatever its settings are. Fails with `BotGone`. */
export async function readStoredBot(deps: Dependencies, botId: string): Promise<StoredBot> {
  const owner = await readBot(deps, botId);
  // Read first: what is written after it is found by its version, whatever the rows below say by then.
  const session = await BotSessionState.query(deps.knex).findById(botId);
  const [position, orders] = await Promise.all([
    PositionRow.query(deps.knex).findById(botId),
    readOwnOrders(deps.knex, botId),
  ]);
  return {
    ...owner,
    session: (session?.state ?? null) as SessionState | null,
    position: position ? toPosition(position) : FLAT,
    orders,
    turn: session?.turn ?? 0,
    version: session?.version ?? 0,
    observedAt: session?.observed_at?.getTime() ?? null,
  };
}

export async function readOwnOrders(knex: Knex, botId: string): Promise<OwnOrder[]> {
  const [orders, intents] = await Promise.all([
    Order.query(knex).where({ bot_id: botId }).whereIn('status', ['SENDING', 'UNKNOWN', 'OPEN']),
    OrderIntent.query(knex).where({ bot_id: botId }).whereIn('status', ['SENDING', 'UNKNOWN']),
  ]);
  return [
    ...orders.map((order) => ownOrder(order, order.status, order.filled)),
    ...intents.map((intent) => ownOrder(intent, intent.status as 'SENDING' | 'UNKNOWN', '0')),
  ];
}

export function toPosition(row: PositionRow): Position {
  return {
    quantity: plain(row.quantity),
    cost: plain(row.cost),
    realised: plain(row.realised),
    otherFees: row.other_fees,
    dust: plain(row.dust),
  };
}

function ownOrder(row: Order | OrderIntent, status: OwnOrder['status'], filled: Amount): OwnOrder {
  const { client_order_id: clientOrderId, leg, cycle, side, type } = row;
  return {
    clientOrderId,
    leg,
    cycle,
    side,
    type,
    price: row.price === null ? null : plain(row.price),
    quantity: plain(row.quantity),
    filled: plain(filled),
    status,
  };
}

/** PostgreSQL prints a numeric with all the zeros of its scale. */
export function plain(amount: Amount): Amount {
  return new Decimal(amount).toFixed();
}
