import { Model } from 'objection';

/** A row of `second_factors`. Give every query its knex instance: `SecondFactor.query(knex)`. */
export class SecondFactor extends Model {
  static override tableName = 'second_factors';
  static override idColumn = 'user_id';

  declare user_id: string;
  /** What the authenticator and we share, sealed for this user. */
  declare sealed_secret: string;
  declare sealed_key_id: string;
  declare created_at: Date;
  /** Null until the user has shown that their authenticator has it: nobody is asked for a code before. */
  declare enabled_at: Date | null;
  /** The newest time step whose code was accepted: it is good no more, and none before it. */
  declare last_step: number | null;
}
