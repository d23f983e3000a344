import type { WithdrawalPolicy } from '../bots/fund/policy.ts';
import type { Amount } from '../bots/money.ts';
import type { AddressList } from './addresses.ts';

/** What the API can be told from outside. The names in brackets are the environment's. */
export interface ApiSettings {
  /** Before every path of the contract, no last slash (`API_V1_STR`). */
  prefix: string;
  name: string;
  version: string;
  description: string;
  /** Off: plain HTTP is sent to https. */
  debug: boolean;
  /** Off: whoever reaches the API acts for everybody; for one developer on one machine (`AUTH_REQUIRED`). */
  authRequired: boolean;
  /** Origins browsers may call from, exactly as they send them (`BACKEND_CORS_ORIGINS`). */
  corsOrigins: readonly string[];
  /** The same for the trading contract (`CORS_ORIGINS`). */
  tradingCorsOrigins: readonly string[];
  /** Host names answered to; `*` for any. */
  allowedHosts: readonly string[];
  /** How many proxies stand before this server: that many forwarded addresses are believed (`TRUSTED_PROXIES`). */
  trustedProxies: number;
  /** Where admins may call from, as admins (`ADMIN_IP_WHITELIST`). */
  adminAddresses: AddressList;
  /** Requests an address may make of the scalper contract; null for any number. */
  rateLimit: { perMinute: number; perHour: number } | null;
  /** Requests in a minute to the others: of a user, of an address without one, to sign in, of orders; null for any number. */
  callerLimits: { user: number; address: number; signIn: number; orders: number } | null;
  /** WebSockets: seconds between two pings (`WS_HEARTBEAT_INTERVAL`), messages that may wait for one (`WS_MESSAGE_QUEUE_SIZE`). */
  live: { heartbeatSeconds: number; queueSize: number };
  /** Bots of any status that one owner may have (`MAX_BOTS_PER_USER`). */
  maxBots: number;
  /** Both inclusive, in base currency. */
  tradeAmount: { least: Amount; most: Amount };
  /** The fund's. */
  fund: {
    /** What its money is counted in. */
    currency: string;
    /** Of a unit, before the first valuation (`FUND_INITIAL_NAV`). */
    initialPrice: Amount;
    /** What results are set against; null for what has been paid in, less what has been paid out (`FUND_INITIAL_CAPITAL`). */
    initialCapital: Amount | null;
    /** Most digits that an amount of it has behind the point. */
    decimals: number;
    /** That payments in and out go over, by the exchange's names; the first unless said (`FUND_NETWORKS`). */
    networks: readonly string[];
    /** A deposit of less gets no units (`MIN_DEPOSIT_USDC`). */
    minDeposit: Amount;
    /** What a withdrawal may be and who must agree (`FUND_WITHDRAWAL_POLICY`). */
    withdrawalPolicy: WithdrawalPolicy;
    /** A worker that has been silent for longer is not healthy (`HEARTBEAT_SECONDS`, four of them). */
    staleAfterSeconds: number;
  };
}
