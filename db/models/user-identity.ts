import { Model } from 'objection';

/** A row of `user_identities`: who a provider says a user is. Give every query its knex instance: `UserIdentity.query(knex)`. */
export class UserIdentity extends Model {
  static override tableName = 'user_identities';

  declare id: string;
  declare user_id: string;
  /** The name it goes by here. */
  declare provider: string;
  /** The provider's own name for itself; with `subject` the identity's key, whatever becomes of the email. */
  declare issuer: string;
  declare subject: string;
  /** As the provider vouched for it when the identity came here; null where it did not. */
  declare email: string | null;
  declare created_at: Date;
}
