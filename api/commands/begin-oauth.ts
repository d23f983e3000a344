import { randomBytes } from 'node:crypto';
import { insertTransaction } from '../../db/oauth-transactions.ts';
import type { Caller } from '../auth/caller.ts';
import type { Provider } from '../auth/open-id.ts';
import { requireRecentSignIn } from '../auth/recent-sign-in.ts';
import type { IdentityContext } from './context.ts';

/** A sign-in that was begun: where its browser goes, and what that browser alone is to keep. */
export interface BegunOAuth {
  provider: Provider;
  url: URL;
  browser: string;
}

/**
 * Begins a sign-in by a provider; with a `caller`, the linking of whom the provider knows to that user. Throws
 * `provider_not_found`, `provider_unavailable` or `stale_sign_in`.
 */
export async function beginOAuth(
  name: string,
  caller: Caller | null,
  { knex, identity: { oauth, now } }: IdentityContext,
): Promise<BegunOAuth> {
  const provider = oauth.provider(name);
  if (caller) requireRecentSignIn(caller, now());
  const [state, nonce, codeVerifier, browser] = [secret(), secret(), secret(), secret()];
  const url = await provider.authorizationUrl({ state, nonce, codeVerifier });
  const transaction = {
    ...{ state, browser, provider: name, nonce, code_verifier: codeVerifier },
    linking_session_id: caller?.sessionId ?? null,
  };
  await insertTransaction(knex, transaction, now());
  return { provider, url, browser };
}

/** 43 characters, the least that PKCE asks for (RFC 7636, section 4.1). */
function secret(): string {
  return randomBytes(32).toString('base64url');
}
