import type { Knex } from 'knex';
import { ExchangeAccount } from '../db/models/exchange-account.ts';
import { isLoopback } from '../api/loopback.ts';
import { ConfigurationError, type Settings } from './configuration.ts';

/** Whether nobody but a developer at this machine, with paper money, can be hurt where nobody signs in. */
export function isOwnMachine(settings: Settings): boolean {
  return wanting(settings).length === 0;
}

/** Throws `ConfigurationError` where AUTH_REQUIRED=False would leave bots to others. */
export function requireOwnMachine(settings: Settings): void {
  const needs = wanting(settings);
  if (settings.api.authRequired || needs.length === 0) return;
  throw new ConfigurationError(
    'AUTH_REQUIRED=False leaves every bot to whoever reaches the API: it is for development on this machine alone, ' +
      `on paper. Take AUTH_REQUIRED away, and users sign in under /auth; or set ${needs.join(', ')}.`,
  );
}

/** The same for what only the database knows: keys of users, with which whoever reaches the API would trade. */
export async function requirePaper(
  knex: Knex,
  { api, defaultOwnerId }: { api: Settings['api']; defaultOwnerId: string },
): Promise<void> {
  if (api.authRequired) return;
  const accounts = ExchangeAccount.query(knex).where({ kind: 'live' }).whereNot({ user_id: defaultOwnerId });
  if ((await accounts.resultSize()) === 0) return;
  throw new ConfigurationError(
    'Nobody is asked to sign in (AUTH_REQUIRED=False, which `npm start` takes by itself where nothing else is set), and users ' +
      'keep live exchange keys in this database: whoever reaches the API would trade with them. ' +
      'Set AUTH_REQUIRED=True, and they sign in under /auth.',
  );
}

/** What would have to be set otherwise. */
function wanting({ api, environment, exchange }: Settings): string[] {
  return [
    ...(api.debug ? [] : ['DEBUG=True']),
    ...(environment === 'development' ? [] : ['ENVIRONMENT=development']),
    ...(isLoopback(api.host) ? [] : ['HOST=127.0.0.1']),
    ...(api.trustedProxies === 0 ? [] : ['TRUSTED_PROXIES=0']),
    ...(exchange.testnet ? [] : ['BINANCE_TESTNET=True']),
  ];
}
