import type { ExchangeAccounts } from '../exchange-accounts.ts';
import { ApiError } from '../errors.ts';

/** For tests of other things: an exchange that knows nobody's keys. */
export const STRICT_EXCHANGE: ExchangeAccounts = {
  served: { live: ['Binance'], paper: ['Binance'] },
  rights: () => refuse(),
  openPaper: () => refuse(),
  closePaper: () => refuse(),
  seal: () => ({ sealed: Buffer.alloc(1), sealed_key_id: 'none' }),
  balance: () => refuse(),
};

function refuse(): Promise<never> {
  return Promise.reject(new ApiError('keys_refused', 'This exchange takes no keys.'));
}
