import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { OwnedBy } from '../db/bots.ts';
import type { BotClient } from '../workflows/client.ts';
import type { Identity } from './auth/identity.ts';
import type { ExchangeAccounts } from './exchange-accounts.ts';
import type { RateLimiters } from './middleware/rate-limit.ts';
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
  settings: ApiSettings;
  /** Passwords and tokens. */
  identity: Identity;
  /** Users' keys and what exchanges say of them. */
  accounts: ExchangeAccounts;
  log: Logger;
  metrics: Registry;
  /** While sign-in is off every request is this user's; the row must exist in `users`. */
  defaultOwnerId: string;
  /** Where requests are counted; memory of this process by default. */
  rateLimiters?: RateLimiters;
  /** A request that a dependency leaves hanging is answered 503 after this; 2.9 s unless said. */
  deadlineMs?: number;
  /** For tests: an answer that breaks its declared schema becomes a fault. */
  checkAnswers?: boolean;
}
