import type { Redis } from 'ioredis';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { OwnedBy } from '../db/bots.ts';
import type { BotClient, DepositClient, FundClient, WithdrawalClient } from '../workflows/client.ts';
import type { Identity } from './auth/identity.ts';
import type { ExchangeAccounts } from './exchange-accounts.ts';
import type { Hub } from './live/hub.ts';
import type { Limits } from './rate-limits/limits.ts';
import type { Probe } from './probes.ts';
import type { ApiSettings } from './settings.ts';

/** Whose bots and logs a request is about. */
export interface Owner {
  id: string;
  /** The rows this owner may see, for the queries of `db/`. */
  rows: OwnedBy;
}

/** All that the API needs of the world. `runtime` makes them. */
export interface Dependencies {
  /** Must give up waiting for a connection or an answer within 2.5 s, so that an outage is answered within 3 s. */
  knex: Knex;
  bots: BotClient;
  deposits: DepositClient;
  fund: Pick<FundClient, 'wake'>;
  withdrawals: WithdrawalClient;
  settings: ApiSettings;
  /** Passwords and tokens. */
  identity: Identity;
  /** Users' keys and what exchanges say of them. */
  accounts: ExchangeAccounts;
  log: Logger;
  metrics: Registry;
  /** While sign-in is off every request is this user's; the row must exist in `users`. */
  defaultOwnerId: string;
  /** Serves WebSockets; without it there are none. */
  live?: Hub;
  /** Counts requests; `createApi` does it in the memory of this process unless given another. */
  limits?: Limits;
  /** Where it is set up, besides the database. */
  redis?: Pick<Redis, 'ping'> | null;
  /** Services outside, for admins to see how they are. */
  services?: Record<string, Probe>;
  /** A request that a dependency leaves hanging is answered 503 after this; 2.9 s unless said. */
  deadlineMs?: number;
  /** For tests: an answer that breaks its declared schema becomes a fault. */
  checkAnswers?: boolean;
}
