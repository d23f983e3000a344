import { ApiError, invalidInput } from '../api/errors.ts';
import type { ExchangeAccounts } from '../api/exchange-accounts.ts';
import { EXCHANGES } from '../bots/exchanges.ts';
import {
  createExchanges,
  LIVE_EXCHANGES,
  type DirectoryOptions,
  type Exchanges,
} from '../exchanges/directory.ts';
import { ExchangeError, type ExchangeErrorCode } from '../exchanges/port.ts';
import type { Vault } from '../exchanges/vault.ts';
import { closePaperAccount, newPaperKeys, openPaperAccount } from './paper-accounts.ts';

/** What is left of a door's 3 s for its own work is enough for a few queries. */
const PATIENCE_MS = 2_300;

export interface ExchangeAccountsOptions extends Pick<DirectoryOptions, 'paperUrl' | 'testnet'> {
  vault: Vault;
  /** Opens the simulated exchange's control API; without it no paper accounts are opened. */
  controlToken?: string | undefined;
  /** How long an exchange may take before the caller is told to try again, ms. */
  patienceMs?: number;
}

/** The door's port to exchanges: ccxt and the vault. Keys are opened for one call and kept nowhere. The caller closes it. */
export function createExchangeAccounts({
  vault,
  controlToken,
  patienceMs = PATIENCE_MS,
  ...where
}: ExchangeAccountsOptions): ExchangeAccounts & Pick<Exchanges, 'close'> {
  const exchanges = createExchanges({
    ...where,
    unseal: ({ id: accountId, user_id: userId, exchange, kind, sealed }) =>
      vault.open(sealed, { accountId, userId, exchange, kind }),
  });

  /** An exchange that takes too long is left to end by itself, which closes what it used; its caller is answered. */
  async function ask<T>(...[account, use]: Parameters<typeof exchanges.visit<T>>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(timeout(account.exchange)), patienceMs);
    });
    try {
      return await Promise.race([exchanges.visit(account, use), late]);
    } catch (error) {
      throw error instanceof ExchangeError ? explained(account.exchange, error) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  const paper = controlToken === undefined ? null : { exchangeUrl: where.paperUrl, controlToken };

  return {
    served: { live: LIVE_EXCHANGES, paper: EXCHANGES },

    rights: ({ exchange: name, kind }, credentials) =>
      ask({ exchange: name, kind, credentials }, (exchange) => exchange.keyRights()),

    async openPaper(id) {
      if (paper === null) return null;
      const keys = newPaperKeys();
      await openPaperAccount(paper, { id, keys }, AbortSignal.timeout(patienceMs)).catch((cause: unknown) => {
        throw new ApiError('exchange_failed', 'The simulated exchange opened no account.', { cause });
      });
      return keys;
    },

    async closePaper(id) {
      if (paper !== null) await closePaperAccount(paper, id, AbortSignal.timeout(patienceMs));
    },

    seal(keys, { id: accountId, user_id: userId, exchange, kind }) {
      const { sealed, keyId } = vault.seal(keys, { accountId, userId, exchange, kind });
      return { sealed, sealed_key_id: keyId };
    },

    async balance(account, currency) {
      const balances = await ask(account, (exchange) => exchange.balances());
      const { free, locked } = balances.find(({ asset }) => asset === currency) ?? NOTHING;
      return { free, used: locked };
    },

    close: () => exchanges.close(),
  };
}

const NOTHING = { free: '0', locked: '0' };

function timeout(exchange: string): ApiError {
  return new ApiError('exchange_timeout', `${exchange} does not answer in time. Try again in a few seconds.`);
}

/** What a person can put right is said in the exchange's words, which are redacted; the rest is the exchange's failure. */
function explained(exchange: string, error: ExchangeError): ApiError {
  const { code, message, retryAfterMs } = error;
  if (code === 'unsupported_exchange') return invalidInput([{ field: 'exchange', message }]);
  if (code === 'bad_credentials' || code === 'permission_denied')
    return new ApiError('keys_refused', `${exchange} does not take these keys.`, {
      fields: [{ field: 'api_key', message }],
      cause: error,
    });
  return new ApiError(BUSY.has(code) ? 'unavailable' : 'exchange_failed', message, {
    ...(BUSY.has(code) && { retryAfterSeconds: Math.ceil((retryAfterMs ?? 5_000) / 1_000) }),
    cause: error,
  });
}

const BUSY: ReadonlySet<ExchangeErrorCode> = new Set<ExchangeErrorCode>(['rate_limited', 'banned']);
