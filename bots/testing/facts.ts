import { readBot, type Bot } from '../bot.ts';
import type { BotContext } from '../decide.ts';
import type { Candle, Market } from '../market.ts';
import type { Fill, OwnOrder, PlaceIntent } from '../orders.ts';
import { FLAT } from '../position.ts';
import type { MarketEvent } from '../strategy.ts';

/** BTC/USDT as Binance has it, with round fees. */
export const BTC_USDT: Market = {
  symbol: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  stepSize: '0.00001',
  minQuantity: '0.00001',
  maxQuantity: '9000',
  maxMarketQuantity: null,
  minNotional: '5',
  takerFee: '0.001',
  makerFee: '0.001',
};

/** The bot of the scalper contract's example, without trailing. */
export function pingPongBot(
  parameters: Record<string, unknown> = {},
  protections: Record<string, unknown> = {},
): Bot {
  const example = {
    firstOrder: 'BUY',
    quantity: '0.01',
    buyPrice: '45000.5',
    sellPrice: '46000',
    infiniteLoop: true,
  };
  return readBot({ strategy: 'ping-pong', parameters: { ...example, ...parameters }, protections });
}

export function contextOf(facts: Partial<BotContext> = {}): BotContext {
  return { market: BTC_USDT, mode: 'ACTIVE', position: FLAT, orders: [], candles: [], free: null, ...facts };
}

export function tick(price: string, at = 1_000): MarketEvent {
  return { type: 'tick', at, price };
}

let trades = 0;

/** A fill without a fee unless one is given. */
export function fillOf(facts: Partial<Fill> & Pick<Fill, 'side' | 'price' | 'quantity'>): Fill {
  trades += 1;
  return { tradeId: `${trades}`, orderId: '1', fee: '0', feeAsset: 'USDT', maker: true, at: 1_000, ...facts };
}

/** The resting order that an intent becomes. */
export function orderOf(intent: PlaceIntent, facts: Partial<OwnOrder> = {}): OwnOrder {
  const { leg, cycle, side, type, price, quantity } = intent;
  return {
    clientOrderId: `${leg}-${cycle}`,
    leg,
    cycle,
    side,
    type,
    price,
    quantity,
    filled: '0',
    status: 'OPEN',
    ...facts,
  };
}

/** Candles a minute apart that only closed somewhere. */
export function candlesOf(closes: readonly number[], from = 0): Candle[] {
  return closes.map((close, index) => ({
    openTime: from + index * 60_000,
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
  }));
}
