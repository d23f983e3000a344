import type { PlacedEvent } from '../../../db/event-stream.ts';
import type { Form, Told } from './form.ts';

/** `/api/ws` of the bots contract: status, trades, sessions, errors and prices. */
export const botsForm: Form = {
  name: 'bots',
  tellsLogs: false,
  tellsSessions: true,
  needsBot: () => false,
  present({ type, payload }) {
    if (type === 'bot.status') return presentStatus(payload);
    if (type === 'bot.created') return status('stopped');
    if (type === 'bot.deleted') return status('deleted');
    if (type === 'bot.trade') return presentTrade(payload);
    return null;
  },
};

/** The contract's words. */
export const STATUS_WORDS: Record<string, string> = {
  ACTIVE: 'running',
  PAUSED: 'paused',
  STOPPED: 'stopped',
  ERROR: 'error',
};

function presentStatus(payload: PlacedEvent['payload']): Told {
  const word = STATUS_WORDS[String(payload['status'])] ?? 'error';
  const told = status(word, payload['finishing'] === true);
  if (word !== 'error') return told;
  return { type: 'bot.error', data: { status: word, message: payload['error'] ?? null } };
}

function status(word: string, finishing = false): Told {
  return { type: 'bot.status', data: { status: word, running: word === 'running', finishing } };
}

/** As `db/record-order.ts` writes it, with the names of the contract's `bot_trades`. */
function presentTrade(payload: PlacedEvent['payload']): Told {
  const trade = payload['trade'] as Partial<Record<string, string | null>> | null;
  const number = (amount: string | null = null) => (amount === null ? null : Number(amount));
  return {
    type: 'bot.trade',
    data: {
      order_id: trade?.['venueOrderId'] ?? null,
      symbol: trade?.['symbol']?.replace('/', '') ?? null,
      side: trade?.['side'] ?? null,
      size: number(trade?.['quantity']),
      price: number(trade?.['price']),
      pnl: number(trade?.['pnl']),
      commission: number(trade?.['commission']),
      executed_at: trade?.['executedAt'] ?? null,
    },
  };
}
