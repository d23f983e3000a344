import { Model } from 'objection';

/** A row of `users`. Give every query its knex instance: `User.query(knex)`. */
export class User extends Model {
  static override tableName = 'users';

  declare id: string;
  declare email: string | null;
  declare name: string;
  declare created_at: Date;
}
