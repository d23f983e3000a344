import type { PublicTrade } from '../../engine/types.ts';

/** One stream that somebody listens to. `tick` comes every 100 ms with its number. */
export interface Feed {
  /** Null for streams over all markets. */
  symbol: string | null;
  trade?(trade: PublicTrade): void;
  book?(at: number): void;
  tick?(number: number): void;
}

/** Sends a payload to all who listen to the stream. */
export type Emit = (payload: object) => void;
