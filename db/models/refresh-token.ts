import { Model } from 'objection';

/** A row of `refresh_tokens`. Give every query its knex instance: `RefreshToken.query(knex)`. */
export class RefreshToken extends Model {
  static override tableName = 'refresh_tokens';
  static override idColumn = 'token_hash';

  /** SHA-256 of the token. */
  declare token_hash: Buffer;
  declare session_id: string;
  declare issued_at: Date;
  declare last_used_at: Date | null;
  /** When another took its place: who shows it after that has a copy. */
  declare rotated_at: Date | null;
}
