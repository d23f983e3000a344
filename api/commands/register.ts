import type { User } from '../../db/models/user.ts';
import { insertUser } from '../../db/users.ts';
import { ApiError } from '../errors.ts';
import type { Client } from '../route.ts';
import type { IdentityContext } from './context.ts';

/** Makes a user with the role `user`; email and password have been checked. Throws `email_taken`. */
export async function register(
  { email, password }: { email: string; password: string },
  { address }: Client,
  { knex, identity: { passwords, now } }: IdentityContext,
): Promise<User> {
  const password_hash = await passwords.hash(password);
  // Until they say what they want to be called.
  const name = email.slice(0, email.lastIndexOf('@')).slice(0, 100);
  const user = await insertUser(knex, { email, name, password_hash, created_at: now() }, { address });
  if (!user) throw new ApiError('email_taken', 'Email already registered');
  return user;
}
