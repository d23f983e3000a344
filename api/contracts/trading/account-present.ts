import type { z } from 'zod';
import { Decimal } from '../../../bots/money.ts';
import type { ExchangeAccount } from '../../../db/models/exchange-account.ts';
import type { Balance } from '../../commands/read-balance.ts';
import type { ApiKeys } from '../../exchange-accounts.ts';
import type { balance, changedKeys, newKeys, storedKeys } from './account-schemas.ts';

type StoredKeys = z.input<typeof storedKeys>;

/** Keys as the contract spells them, as the commands know them. */
export function keysOf({ api_key, api_secret, passphrase }: z.output<typeof changedKeys>): ApiKeys {
  return { apiKey: api_key, secret: api_secret, ...(passphrase && { passphrase }) };
}

/** Null where a paper account is to be opened. */
export function newKeysOf({ api_key, api_secret, passphrase }: z.output<typeof newKeys>): ApiKeys | null {
  if (api_key === undefined || api_secret === undefined) return null;
  return keysOf({ api_key, api_secret, passphrase });
}

const WARNINGS: Record<StoredKeys['warnings'][0]['code'], string> = {
  no_ip_binding:
    'Whoever gets hold of this key can use it from anywhere: bind it to the addresses of this server.',
  no_trading: 'This key may not trade: bots that use it will fail. Allow spot trading for it.',
};

export function presentKeys(row: ExchangeAccount): StoredKeys {
  const codes = Object.keys(WARNINGS) as (keyof typeof WARNINGS)[];
  return {
    exchange: row.exchange,
    kind: row.kind,
    api_key_last4: row.api_key_last4,
    warnings: codes
      .filter((code) => row.warnings.includes(code))
      .map((code) => ({ code, message: WARNINGS[code] })),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** Amounts become JSON numbers here. */
export function presentBalance({ exchange, free, used }: Balance): z.input<typeof balance> {
  const total = new Decimal(free).add(used);
  return { exchange, currency: 'USDT', total: total.toNumber(), free: Number(free), used: Number(used) };
}
