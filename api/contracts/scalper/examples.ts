import type { Examples } from '../../route.ts';

/** Bodies for the documentation, ready to be sent. */
export const NEW_BOTS: Examples = {
  scalper: {
    summary: 'A scalper that buys low and sells high',
    value: {
      ticker: 'BTC/USDT',
      exchange: 'Binance',
      first_order: 'BUY',
      quantity: 0.01,
      buy_price: 45000.5,
      sell_price: 46000,
      trailing_percent: 1.5,
      infinite_loop: true,
    },
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
