import type { Amount } from '../../../bots/money.ts';
import type { Side } from '../../../bots/orders.ts';
import { divide, unitsOf, written } from '../engine/amounts.ts';
import type { Engine, NewAccount, SymbolRules } from '../engine/types.ts';
import { createRandom, type Random } from './random.ts';

/** Quotes on each side. */
const LEVELS = 12;
/** Distance between two quotes: about 1/5,000 of the price. */
const GAP_DIVISOR = 5_000n;
/** Worth of one quote, in least notionals of the symbol, before it is varied by up to half of it. */
const QUOTE_NOTIONAL = 4_000;
/** The same of the trade that prints a price. */
const PRINT_NOTIONAL = 400;
/** Of each asset: more than all others together will ever trade. */
const FUNDS = '1000000000000';
/** Levels looked at in one go while sweeping. */
const SWEEP_LEVELS = 4;

/** What the house knows of one symbol. */
interface Desk {
  symbol: string;
  account: string;
  tick: bigint;
  step: bigint;
  minNotional: bigint;
  random: Random;
}

/**
 * The accounts of the exchange itself, one a symbol: they quote both sides of every book and trade with themselves and with
 * whoever rests in the way. All of it goes through the book like anybody's orders.
 */
export class House {
  readonly #engine: Engine;
  readonly #seed: number;
  readonly #desks = new Map<string, Desk>();
  #sent = 0;

  constructor(engine: Engine, seed: number) {
    this.#engine = engine;
    this.#seed = seed;
  }

  /** Trades at every price on the way to `target`, last at `target` itself, and quotes around it. Rounded to the tick. */
  movePrice(symbol: string, target: Amount, quantity?: bigint): void {
    const desk = this.#desk(symbol);
    const price = rounded(unitsOf(target), desk.tick);
    this.#sweep(desk, 'BUY', price);
    this.#sweep(desk, 'SELL', price);
    this.#print(desk, price, quantity || sizeOf(desk, price, PRINT_NOTIONAL));
    this.#quote(desk, price);
  }

  /** Takes everything that rests at `price` or better. */
  #sweep(desk: Desk, side: Side, price: bigint): void {
    for (;;) {
      const depth = this.#engine.depth(desk.symbol, SWEEP_LEVELS);
      const resting = (side === 'BUY' ? depth.asks : depth.bids).filter(([at]) =>
        side === 'BUY' ? unitsOf(at) <= price : unitsOf(at) >= price,
      );
      if (resting.length === 0) return;
      const quantity = resting.reduce((sum, [, amount]) => sum + unitsOf(amount), 0n);
      this.#send(desk, side, price, quantity, 'IOC');
    }
  }

  /** One trade at exactly `price`, where nobody else rests any more. */
  #print(desk: Desk, price: bigint, quantity: bigint): void {
    const maker: Side = desk.random.next() < 0.5 ? 'BUY' : 'SELL';
    this.#send(desk, maker, price, quantity, 'GTC');
    this.#send(desk, maker === 'BUY' ? 'SELL' : 'BUY', price, quantity, 'IOC');
  }

  /** Takes back the quotes that are too far from `price` and puts in those that are missing. */
  #quote(desk: Desk, price: bigint): void {
    const wanted = quotesAround(price, desk.tick);
    for (const { side, price: at, orderId } of this.#engine.openOrders(desk.account, desk.symbol)) {
      if (!wanted.delete(`${side} ${at}`)) this.#engine.cancel(desk.account, desk.symbol, { orderId });
    }
    for (const { side, at } of wanted.values()) {
      this.#send(desk, side, at, sizeOf(desk, at, QUOTE_NOTIONAL), 'GTC');
    }
  }

  #send(desk: Desk, side: Side, price: bigint, quantity: bigint, timeInForce: 'GTC' | 'IOC'): void {
    this.#sent += 1;
    this.#engine.submit(desk.account, {
      symbol: desk.symbol,
      side,
      type: 'LIMIT',
      timeInForce,
      clientOrderId: `house-${this.#sent}`,
      quantity: written(quantity),
      quoteQuantity: null,
      price: written(price),
      stopPrice: null,
    });
  }

  /** Opens the symbol's account when first needed; a restored exchange has it already. */
  #desk(symbol: string): Desk {
    const present = this.#desks.get(symbol);
    if (present !== undefined) return present;
    const rules = this.#engine.rules().find((each) => each.symbol === symbol);
    if (rules === undefined) throw new Error(`${symbol} is not listed.`);
    const desk: Desk = {
      symbol,
      account: `house:${symbol}`,
      tick: unitsOf(rules.tickSize),
      step: unitsOf(rules.stepSize),
      minNotional: unitsOf(rules.minNotional),
      random: createRandom(this.#seed, `house:${symbol}`),
    };
    if (this.#engine.account(desk.account) === null) this.#engine.openAccount(accountOf(desk, rules));
    this.#desks.set(symbol, desk);
    return desk;
  }
}

function accountOf(desk: Desk, { base, quote }: SymbolRules): NewAccount {
  return {
    id: desk.account,
    keys: [],
    balances: { [base]: FUNDS, [quote]: FUNDS },
    makerFee: '0',
    takerFee: '0',
    feeAsset: 'received',
    house: true,
  };
}

/** Worth between half of and one and a half times `notional` least notionals, in whole steps. */
function sizeOf({ step, minNotional, random }: Desk, price: bigint, notional: number): bigint {
  const worth = BigInt(Math.round(notional * (0.5 + random.next())));
  const steps = divide(worth * minNotional, price) / step;
  return steps === 0n ? step : steps * step;
}

/** By side and price. Prices are on a grid of the gap, so that most quotes stay where they are when the price moves a little. */
function quotesAround(price: bigint, tick: bigint): Map<string, { side: Side; at: bigint }> {
  const gap = gapOf(price, tick);
  const quotes = new Map<string, { side: Side; at: bigint }>();
  const highestBid = ((price - tick) / gap) * gap;
  const lowestAsk = (price / gap + 1n) * gap;
  for (let n = 0n; n < LEVELS; n += 1n) {
    const [bid, ask] = [highestBid - n * gap, lowestAsk + n * gap];
    if (bid > 0n) quotes.set(`BUY ${written(bid)}`, { side: 'BUY', at: bid });
    quotes.set(`SELL ${written(ask)}`, { side: 'SELL', at: ask });
  }
  return quotes;
}

/** 1, 2 or 5 times a power of ten of ticks. */
function gapOf(price: bigint, tick: bigint): bigint {
  const wanted = price / GAP_DIVISOR / tick;
  const power = 10n ** BigInt(Math.max(0, wanted.toString().length - 1));
  const leading = wanted / power;
  const factor = leading >= 5n ? 5n : leading >= 2n ? 2n : 1n;
  return factor * power * tick;
}

function rounded(price: bigint, tick: bigint): bigint {
  const ticks = (price + tick / 2n) / tick;
  return (ticks === 0n ? 1n : ticks) * tick;
}
