import { Model } from 'objection';

/** A row of `exchange_accounts`. Give every query its knex instance: `ExchangeAccount.query(knex)`. */
export class ExchangeAccount extends Model {
  static override tableName = 'exchange_accounts';
  static override jsonAttributes = ['permissions', 'warnings'];

  declare id: string;
  declare user_id: string;
  declare exchange: string;
  declare label: string;
  declare kind: 'paper' | 'live';
  declare api_key_last4: string;
  /** Ciphertext: `exchanges/vault.ts`. */
  declare sealed: Buffer;
  declare sealed_key_id: string;
  declare permissions: string[];
  /** Codes of what was found when the keys were checked. */
  declare warnings: string[];
  declare created_at: Date;
  declare updated_at: Date;
}
