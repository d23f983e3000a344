import { Model } from 'objection';

/** A row of `known_devices`. Give every query its knex instance: `KnownDevice.query(knex)`. */
export class KnownDevice extends Model {
  static override tableName = 'known_devices';

  declare id: string;
  declare user_id: string;
  /** SHA-256 of the secret that was left with it. */
  declare token_hash: Buffer;
  declare created_at: Date;
  declare expires_at: Date;
}
