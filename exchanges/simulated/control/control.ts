import type { Amount } from '../../../bots/money.ts';
import type { Venue } from '../binance/venue.ts';
import type { UserStreams } from '../binance/streams/user-streams.ts';
import type { NewAccount } from '../engine/types.ts';
import type { PriceSource } from '../prices/source.ts';
import type { Wallet } from '../wallet/wallet.ts';
import type { Effects, EffectsReport } from './effects.ts';
import { type Fault, type FaultInput, faultSchema, type Faults } from './faults.ts';
import type { LoggedRequest, RequestLog } from './request-log.ts';

/** The levers of a simulated exchange, in process. The control API offers the same over HTTP. */
export interface Control {
  /** False where the account exists already: then nothing changes. Throws where one of its keys belongs to another. */
  openAccount(account: NewAccount): boolean;
  /**
   * Cancels the account's open orders, books what it holds to the house and forgets it, with its keys. False where there is no
   * such account of a trader's.
   */
  closeAccount(id: string): boolean;
  /** Moves a price by real trades through the book. */
  movePrice(symbol: string, price: Amount): void;
  freeze(): void;
  unfreeze(): void;
  /** The world outside: payments, blocks, what goes wrong there, and what has come and gone. */
  chain: Pick<Wallet, 'send' | 'mine' | 'reverse' | 'fail' | 'deposits' | 'withdrawals' | 'transfers'>;
  /** Puts the server's clock ahead (or behind, negative) by `ms`. */
  skewClock(ms: number): void;
  /** Cuts the user streams of an account, or of all. Returns how many. */
  dropUserStreams(account: string | null): number;
  /** Arms a fault and returns its id. Throws ZodError for what is none. */
  addFault(fault: FaultInput): number;
  faults(): { id: number; struck: number; fault: Fault }[];
  /** Disarms every fault, the clock's skew and frozen prices too. */
  clearFaults(): void;
  effects(account: string | null): EffectsReport;
  /** The newest requests after `since` (epoch ms), oldest first. */
  requests(since: number): LoggedRequest[];
  /** Resolves once all that has happened is on disk, or at once where no state is kept. */
  durable(): Promise<void>;
}

export function createControl(parts: {
  venue: Venue;
  users: UserStreams;
  prices: PriceSource;
  faults: Faults;
  effects: Effects;
  requests: RequestLog;
}): Control {
  const { venue, users, prices, faults, effects, requests } = parts;
  const { engine } = venue;
  return {
    openAccount(account) {
      if (engine.account(account.id) !== null) return false;
      for (const { key } of account.keys) {
        if (engine.accountByKey(key) !== null) throw new KeyTaken();
      }
      engine.openAccount(account);
      return true;
    },
    closeAccount(id) {
      const account = engine.account(id);
      if (account === null || account.house) return false;
      engine.closeAccount(id);
      users.drop(id);
      venue.weights.forgetAccount(id);
      return true;
    },
    movePrice: (symbol, price) => prices.movePrice(venue.rules(symbol).symbol, price),
    freeze() {
      prices.frozen = true;
    },
    unfreeze() {
      prices.frozen = false;
    },
    chain: venue.wallet,
    skewClock(ms) {
      venue.skewMs = ms;
    },
    dropUserStreams: (account) => users.drop(account),
    addFault: (fault) => faults.add(faultSchema.parse(fault)),
    faults: () => faults.list(),
    clearFaults() {
      faults.clear();
      venue.skewMs = 0;
      prices.frozen = false;
    },
    effects: (account) => effects.report(account),
    requests: (since) => requests.list(since),
    durable: () => venue.durable?.() ?? Promise.resolve(),
  };
}

/** An API key may open one account only. */
export class KeyTaken extends Error {
  override readonly name = 'KeyTaken';
  constructor() {
    super('One of the API keys belongs to another account: give each account keys of its own.');
  }
}
