import { Model } from 'objection';

/** Operators (`ops`) see and pause; they approve nothing and read nobody's data. */
export const ROLES = ['user', 'admin', 'ops'] as const;
export type Role = (typeof ROLES)[number];

/** A row of `users`. Give every query its knex instance: `User.query(knex)`. */
export class User extends Model {
  static override tableName = 'users';

  declare id: string;
  /** Lower-case. */
  declare email: string | null;
  declare name: string;
  /** bcrypt; null for who cannot sign in with a password. */
  declare password_hash: string | null;
  /** Null counts as `user`. */
  declare role: Role | null;
  /** Tokens of another version are refused. */
  declare token_version: number;
  declare disabled_at: Date | null;
  declare created_at: Date;
}
