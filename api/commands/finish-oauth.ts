import { linkIdentity, findUserByIdentity, insertUserWithIdentity } from '../../db/identities.ts';
import type { User } from '../../db/models/user.ts';
import type { UserIdentity } from '../../db/models/user-identity.ts';
import { takeTransaction } from '../../db/oauth-transactions.ts';
import { findLiveSession } from '../../db/sessions.ts';
import { unauthenticated } from '../auth/caller.ts';
import type { Profile, Provider, Query } from '../auth/open-id.ts';
import { ApiError } from '../errors.ts';
import type { Client } from '../route.ts';
import type { IdentityContext } from './context.ts';
import { admit, type SignedIn } from './open-session.ts';
import { nameOf } from './register.ts';

/** A browser that a provider has sent back. */
export interface ComeBack {
  provider: Provider;
  query: Query & { state: string };
  /** What the browser was given to keep. */
  browser: string;
}

/**
 * Finishes what `beginOAuth` began, once: signs in whom the provider names, or links them to the user who asked for it.
 * Throws `transaction_not_found`, `account_disabled`, what `redeem` and `admit` throw, and what the two ways end in.
 */
export async function finishOAuth(
  { provider, query, browser }: ComeBack,
  client: Client,
  context: IdentityContext,
): Promise<{ signedIn: SignedIn } | { linked: UserIdentity }> {
  const { knex, identity } = context;
  const key = { state: query.state, browser, provider: provider.name };
  const begun = await takeTransaction(knex, key, identity.now());
  if (!begun)
    throw new ApiError(
      'transaction_not_found',
      'This sign-in was not begun in this browser, is finished, or took over 10 minutes. Begin it again.',
    );
  const { nonce, code_verifier: codeVerifier, linking_session_id: sessionId } = begun;
  const profile = await provider.redeem(query, { state: query.state, nonce, codeVerifier });
  if (sessionId !== null) return { linked: await link(provider, profile, sessionId, context) };
  const user = await userOf(provider, profile, context);
  if (user.disabled_at !== null)
    throw new ApiError('account_disabled', 'This account is disabled. Ask those who run this service.');
  const signedIn = await admit(user, { client, by: provider.name }, context);
  if (!signedIn)
    throw new ApiError('unauthenticated', 'The account has been changed meanwhile. Sign in again.');
  return { signedIn };
}

/** Throws `unauthenticated` where the session that asked has ended meanwhile, or `identity_taken`. */
async function link(
  { name, title }: Provider,
  profile: Profile,
  sessionId: string,
  { knex, identity: { now }, address }: IdentityContext,
): Promise<UserIdentity> {
  const session = await findLiveSession(knex, sessionId, now());
  if (!session) throw unauthenticated();
  const identity = { provider: name, ...profile, created_at: now() };
  const linked = await linkIdentity(knex, session.user_id, identity, { userId: session.user_id, address });
  if (linked) return linked;
  throw new ApiError(
    'identity_taken',
    `This ${title} account signs in another user here. Unlink it there first, or choose another.`,
  );
}

/**
 * The user whom the provider names, a new one where it vouches for an email that is nobody's. An email alone opens no
 * account that is there: who once had the address would have the account. Throws `email_unverified` or `email_taken`.
 */
async function userOf(
  { name: provider, title }: Provider,
  profile: Profile,
  { knex, identity: { now }, address }: IdentityContext,
): Promise<User> {
  const known = await findUserByIdentity(knex, profile);
  if (known) return known;
  const { email } = profile;
  if (email === null)
    throw new ApiError(
      'email_unverified',
      `${title} vouches for no email of yours. Verify it there and let it be shared, or sign up with a password.`,
    );
  const at = now();
  const identity = { provider, ...profile, created_at: at };
  const added = await insertUserWithIdentity(knex, { email, name: nameOf(email), created_at: at }, identity, {
    address,
  });
  // Of two that come back at once for the same new user the slower finds what the faster wrote.
  const user = added ?? (await findUserByIdentity(knex, profile));
  if (user) return user;
  throw new ApiError(
    'email_taken',
    `There is an account with this email. Sign in to it with its password, or as it was made, then link ${title} to it.`,
  );
}
