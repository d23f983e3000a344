import type { Amount } from '../bots/money.ts';
import type { ExchangeAccount } from '../db/models/exchange-account.ts';

/** Keys as a user enters them: never logged, never stored unencrypted. */
export interface ApiKeys {
  apiKey: string;
  secret: string;
  passphrase?: string;
}

/** What a key may do. */
export interface KeyRights {
  canTrade: boolean;
  canWithdraw: boolean;
  /** Null where the exchange binds no keys to addresses. */
  isAddressBound: boolean | null;
}

/** Which account keys are for; a paper account's are the simulated exchange's. */
export type AccountAt = Pick<ExchangeAccount, 'exchange' | 'kind'>;

/**
 * What the API needs of exchanges and of the vault: a port, for it knows neither. What fails throws an `ApiError`:
 * `keys_refused` where the exchange does not take the keys, `exchange_failed`, `exchange_timeout` or `unavailable`.
 */
export interface ExchangeAccounts {
  /** The exchanges that keys are taken for. */
  served: Record<ExchangeAccount['kind'], readonly string[]>;
  /** What the keys may do, as their exchange says now. */
  rights(at: AccountAt, keys: ApiKeys): Promise<KeyRights>;
  /** Opens an account of that id, with play money, on the simulated exchange; null where this installation opens none. */
  openPaper(id: string): Promise<ApiKeys | null>;
  /** Closes what `openPaper` opened under that id; nothing where nothing is open. Throws where it is not known to be closed. */
  closePaper(id: string): Promise<void>;
  /** Encrypts keys for one row: they open for no other. */
  seal(
    keys: ApiKeys,
    row: Pick<ExchangeAccount, 'id' | 'user_id' | 'exchange' | 'kind'>,
  ): Pick<ExchangeAccount, 'sealed' | 'sealed_key_id'>;
  /** What the account has of a currency on its exchange. */
  balance(account: ExchangeAccount, currency: string): Promise<{ free: Amount; used: Amount }>;
}
