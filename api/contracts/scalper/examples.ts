import type { Examples } from '../../route.ts';
import { BOT_ID } from './fields.ts';

const LAST_FILL = '2024-01-01T10:15:00.000Z';

export const NEW_SCALPER = {
  ticker: 'BTC/USDT',
  exchange: 'Binance',
  first_order: 'BUY',
  quantity: 0.01,
  buy_price: 45000.5,
  sell_price: 46000,
  trailing_percent: 1.5,
  infinite_loop: true,
};

/** Bodies for the documentation, ready to be sent. */
export const NEW_BOTS: Examples = {
  scalper: {
    summary: 'A scalper that buys low and sells high',
    value: NEW_SCALPER,
  },
  rsi: {
    summary: 'RSI reversal with a stop-loss',
    value: {
      strategy: 'rsi-reversal',
      ticker: 'ETH/USDT',
      exchange: 'Binance',
      parameters: { timeframe: '1m', quoteAmount: '250' },
      protections: { stopLoss: '5' },
    },
  },
};

export const CHANGES: Examples = {
  scalper: {
    summary: 'Other prices, at once',
    value: { quantity: 0.02, buy_price: 44000, sell_price: 45500, trailing_percent: 2 },
  },
  protections: { summary: 'A stop-loss', value: { protections: { stopLoss: '5' } } },
};

/** What an answer shows, for the documentation. */
export const BOT = {
  id: BOT_ID,
  ...NEW_SCALPER,
  ...{ status: 'ACTIVE', pnl: 125.5, total_trades: 10, last_fill_time: LAST_FILL },
  ...{ created_at: '2024-01-01T10:00:00.000Z', updated_at: LAST_FILL },
};

export const OPERATED_BOT = {
  ...{ id: BOT_ID, owner_id: '1c5a2a0e-5b7f-4c1e-9d53-0a8f4f6f2b10', strategy: 'ping-pong' },
  ...{ ticker: 'BTC/USDT', exchange: 'Binance', status: 'ACTIVE', finishing: false },
  ...{ created_at: '2024-01-01T10:00:00.000Z', updated_at: LAST_FILL },
};

export const LOG = {
  ...{ id: '3f0f0a9e-6c8b-4b8e-9a4e-0d6f2c1b7a55', bot_id: BOT_ID },
  ...{ level: 'SUCCESS', message: 'Bought 0.01 BTC at 45000.5 USDT', timestamp: LAST_FILL },
};

export const TRADE = {
  ...{ id: '8d1c6f3e-2b5a-4c7d-8e9f-1a2b3c4d5e6f', bot_id: BOT_ID, exchange: 'Binance' },
  ...{ symbol: 'BTC/USDT', side: 'SELL', quantity: 0.01, price: 46000 },
  ...{ pnl: 9.09, commission: 0.46, exchange_order_id: '28457', executed_at: LAST_FILL, extra_data: null },
};

export const WHY = {
  ...{ id: BOT_ID, status: 'ACTIVE', finishing: false, error: null },
  ...{ last_price: 45210.5, observed_at: LAST_FILL },
  reasons: [{ code: 'waiting_for_fill', detail: 'The order to buy at 45000.5 waits', at: LAST_FILL }],
};
