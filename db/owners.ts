import type { Knex } from 'knex';
import { User } from './models/user.ts';

/** No address that anybody can receive mail at: it only makes the row one of a kind. */
export const DEFAULT_OWNER = 'owner@localhost';

/** The user everything belongs to while sign-in is off; made when missing, by however many processes at once. */
export async function ensureDefaultOwner(knex: Knex): Promise<User> {
  await User.query(knex).insert({ email: DEFAULT_OWNER, name: 'Demo owner' }).onConflict('email').ignore();
  return User.query(knex).findOne({ email: DEFAULT_OWNER }).throwIfNotFound();
}
