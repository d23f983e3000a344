import { Model } from 'objection';

/**
 * A row of `oauth_transactions`: a sign-in by a provider that was begun and not yet finished. Give every query its knex
 * instance: `OAuthTransaction.query(knex)`.
 */
export class OAuthTransaction extends Model {
  static override tableName = 'oauth_transactions';
  static override idColumn = 'state_hash';

  /** SHA-256 of the state that the provider hands back. */
  declare state_hash: Buffer;
  /** SHA-256 of the cookie of the browser that began it. */
  declare browser_hash: Buffer;
  declare provider: string;
  declare nonce: string;
  /** Of PKCE. */
  declare code_verifier: string;
  /** The session that wants the identity linked to its user; null where somebody wants to sign in. */
  declare linking_session_id: string | null;
  declare created_at: Date;
  declare expires_at: Date;
}
