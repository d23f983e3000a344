import type { User } from '../../db/models/user.ts';
import { insertUser } from '../../db/users.ts';
import { ApiError } from '../errors.ts';
import type { IdentityContext } from './context.ts';

/** Makes a user with the role `user`; email and password have been checked. Throws `email_taken`. */
export async function register(
  { email, password }: { email: string; password: string },
  { knex, identity: { passwords, now }, signal, address }: IdentityContext,
): Promise<User> {
  const password_hash = await passwords.hash(password);
  signal.throwIfAborted();
  const user = { email, name: nameOf(email), password_hash, created_at: now() };
  const added = await insertUser(knex, user, { address });
  if (!added) throw new ApiError('email_taken', 'Email already registered');
  return added;
}

/** What somebody is called until they say what they want to be called. */
export function nameOf(email: string): string {
  return email.slice(0, email.lastIndexOf('@')).slice(0, 100);
}
