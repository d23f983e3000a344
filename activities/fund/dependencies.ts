import type { Knex } from 'knex';
import type { FundFees } from '../../bots/fund/fees.ts';
import type { Marks } from '../../bots/fund/valuation.ts';
import type { Amount } from '../../bots/money.ts';
import type { Exchange } from '../../exchanges/port.ts';
import type { Treasury } from '../../exchanges/treasury.ts';

/** What the installation says of its fund. */
export interface FundSettings {
  /** The fund's currency: what is paid in and out, and what units are priced in. */
  currency: string;
  /** Of the first unit. */
  initialPrice: Amount;
  /** Networks that addresses are given on, by the treasury's names; the first is the standard. */
  networks: readonly string[];
  /** Less is kept aside: no units are given for it. */
  minDeposit: Amount;
  /** What holders pay whoever runs the fund. */
  fees: FundFees;
}

/** Prices of assets, as far as they are known. */
export interface ReadMarks {
  marks: Marks;
  /** When they were read, epoch ms. */
  at: number;
  /** True where one is stale, zero or missing: nothing may be dealt at them. */
  isProvisional: boolean;
}

/** The moments at which a fault test may end the process: before and after every effect that must not be lost or doubled. */
export type FundStep =
  | 'value:begun'
  | 'value:marked'
  | 'value:written'
  | 'deposits:begun'
  | 'deposits:read'
  | 'deposits:recorded'
  | 'sweep:begun'
  | 'sweep:intended'
  | 'sweep:sent'
  | 'sweep:asked'
  | 'sweep:settled';

/** How long things may take; all in ms. */
export interface FundTiming {
  /** A transfer that is on record as intended is sent within this time or not at all. */
  sendWithin: number;
  /** How long after its last possible send a transfer may still appear at the exchange: 10 s by the treasury's word, and a margin. */
  acceptance: number;
}

export const FUND_TIMING: FundTiming = { sendWithin: 10_000, acceptance: 15_000 };

/** What the fund's activities need besides the database. */
export interface FundDependencies {
  knex: Knex;
  /** The main account's treasury; opened once. */
  treasury(): Promise<Treasury>;
  /** One use of the main account as one trades on it: its balances, its orders. */
  main<T>(use: (exchange: Exchange) => Promise<T>): Promise<T>;
  /** Marks of the assets in the fund's currency, from the exchange. */
  readMarks(assets: readonly string[]): Promise<ReadMarks>;
  /** Sub-account of a holder, made on first use. */
  subAccountOf(userId: string): Promise<string>;
  settings: FundSettings;
  timing: FundTiming;
  /** Epoch ms. */
  now(): number;
  step(step: FundStep): void;
}
