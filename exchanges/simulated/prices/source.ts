import type { Amount } from '../../../bots/money.ts';

/** What moves the prices of a simulated exchange. The server calls `step` from a timer; the source owns none. */
export interface PriceSource {
  /** True: the source trades nothing and every price stands still (a fault). `movePrice` still works. */
  frozen: boolean;
  /** Does all that is due up to `now` (epoch ms of the engine's clock). */
  step(now: number): void;
  /** Pushes a price to `target` by real trades through the book; whatever rests on the way is filled. */
  movePrice(symbol: string, target: Amount): void;
  close(): Promise<void>;
}
