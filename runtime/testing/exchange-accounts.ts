import type { ExecutionContext } from 'ava';
import type { NewAccount } from '../../exchanges/simulated/engine/types.ts';
import {
  accountOf,
  CONTROL_TOKEN,
  rest,
  startStillExchange,
  type StillExchange,
} from '../../exchanges/simulated/testing/still-exchange.ts';
import { createVault, type Vault } from '../../exchanges/vault.ts';
import { createExchangeAccounts, type ExchangeAccountsOptions } from '../exchange-accounts.ts';

export interface TestExchangeAccounts {
  /** What the API is given. */
  accounts: ReturnType<typeof createExchangeAccounts>;
  vault: Vault;
  exchange: StillExchange;
  /** Puts an order of the account into the book. */
  rest(account: string, order: Parameters<typeof rest>[1]): void;
  /** Opens an account on the exchange, named as its key begins, and returns its keys as a user sends them. */
  openAccount(name: string, changes?: Parameters<typeof accountOf>[2] & Partial<NewAccount>): SentKeys;
}

interface SentKeys {
  api_key: string;
  api_secret: string;
}

const PATIENCE_MS = 60_000;

/** The API's port to exchanges over ccxt and a simulated exchange whose prices stand still. Ends with the test. */
export async function startExchangeAccounts(
  t: ExecutionContext,
  options: Partial<ExchangeAccountsOptions> = {},
): Promise<TestExchangeAccounts> {
  const exchange = await startStillExchange(t);
  const vault = createVault({ currentKeyId: 'test', keys: { test: Buffer.alloc(32, 7) } });
  const accounts = createExchangeAccounts({
    ...{
      vault,
      controlToken: CONTROL_TOKEN,
      paperUrl: exchange.url as `http://${string}`,
      testnet: true,
      patienceMs: PATIENCE_MS,
    },
    ...options,
  });
  t.teardown(() => accounts.close());
  return {
    ...{ accounts, vault, exchange },
    rest: (account, order) => rest(exchange.engine, order, account),
    openAccount(name, changes = {}) {
      const { permissions, ips, ...facts } = changes;
      const keys = { apiKey: `${name}-key-0123456789`, secret: `${name}-secret-0123456789` };
      const rights = { ...(permissions && { permissions }), ...(ips && { ips }) };
      exchange.control.openAccount({ ...accountOf(name, keys, rights), ...facts });
      return { api_key: keys.apiKey, api_secret: keys.secret };
    },
  };
}
