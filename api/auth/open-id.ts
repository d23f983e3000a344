import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  type Configuration,
} from 'openid-client';
import { z } from 'zod';
import { isLoopback } from '../loopback.ts';
import { awayOf, refusalOf } from './provider-faults.ts';

/** What a sign-in is begun with and must come back with. */
export interface Proofs {
  state: string;
  nonce: string;
  /** Of PKCE. */
  codeVerifier: string;
}

/** Whom a provider says somebody is. */
export interface Profile {
  issuer: string;
  subject: string;
  /** Lower-case; null where the provider does not vouch for one. */
  email: string | null;
}

/** What a provider sent a browser back with. */
export type Query = Record<string, string | undefined>;

/** One that signs people in by OpenID Connect: the authorization code flow with PKCE. */
export interface Provider {
  name: string;
  /** For people. */
  title: string;
  /** Where it sends browsers back to. */
  callback: URL;
  /** Where to send a browser. Throws `provider_unavailable`. */
  authorizationUrl(proofs: Proofs): Promise<URL>;
  /** Who has come back, by the callback's query. Throws `provider_refused` or `provider_unavailable`. */
  redeem(query: Query, proofs: Proofs): Promise<Profile>;
}

export interface OpenIdOptions extends Pick<Provider, 'name' | 'title' | 'callback'> {
  issuer: string;
  clientId: string;
  clientSecret: string;
  scope: string;
  /** For each answer. */
  timeoutSeconds: number;
}

/** After so long the provider is asked anew where its parts are. */
const DISCOVERED_FOR_MS = 3_600_000;

export function openIdProvider(options: OpenIdOptions): Provider {
  const { name, title, callback, scope } = options;
  const discovered = keptFor(DISCOVERED_FOR_MS, () => discover(options));
  const found = () =>
    discovered().catch((error: unknown) => {
      throw awayOf(title, error);
    });
  return {
    ...{ name, title, callback },
    async authorizationUrl({ state, nonce, codeVerifier }) {
      return buildAuthorizationUrl(await found(), {
        ...{ redirect_uri: callback.href, response_type: 'code', scope, state, nonce },
        code_challenge: await calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      });
    },
    async redeem(query, proofs) {
      const configuration = await found();
      try {
        return await profileOf(configuration, comeBack(callback, query), proofs);
      } catch (error) {
        throw refusalOf(title, error);
      }
    },
  };
}

function discover({ issuer, clientId, clientSecret, timeoutSeconds }: OpenIdOptions): Promise<Configuration> {
  const address = new URL(issuer);
  return discovery(address, clientId, clientSecret, undefined, {
    timeout: timeoutSeconds,
    // The ID token comes over TLS from the provider itself; its signature is checked all the same.
    execute: [enableNonRepudiationChecks, ...(isLoopback(address.hostname) ? [allowInsecureRequests] : [])],
  });
}

/** Checks state, issuer, audience, times, nonce and signature; the provider checks code, verifier and our secret. */
async function profileOf(
  configuration: Configuration,
  at: URL,
  { state, nonce, codeVerifier }: Proofs,
): Promise<Profile> {
  const tokens = await authorizationCodeGrant(configuration, at, {
    ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, idTokenExpected: true },
  });
  const identity = identitySchema.parse(tokens.claims());
  // OpenID Connect lets a provider tell of the email at its userinfo endpoint only, as Kakao does whether it is verified.
  const { email, email_verified: isVerified } =
    identity.email_verified === undefined
      ? emailSchema.parse(await fetchUserInfo(configuration, tokens.access_token, identity.sub))
      : identity;
  return { issuer: identity.iss, subject: identity.sub, email: isVerified && email ? email : null };
}

const emailSchema = z.object({
  email: z.string().trim().toLowerCase().pipe(z.email().max(254)).optional().catch(undefined),
  email_verified: z.boolean().optional().catch(false),
});

/** A subject has at most 255 ASCII characters (OpenID Connect Core 1.0, section 2). */
const identitySchema = emailSchema.extend({
  iss: z.string().max(255),
  sub: z.string().regex(/^[\x20-\x7e]{1,255}$/),
});

function comeBack(callback: URL, query: Query): URL {
  const at = new URL(callback);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) at.searchParams.set(name, value);
  return at;
}

/** What was made is kept for `ms`; what failed is not kept, so that the next to ask tries again. */
function keptFor<T>(ms: number, make: () => Promise<T>): () => Promise<T> {
  let kept: { made: Promise<T>; until: number } | null = null;
  return () => {
    if (kept && performance.now() < kept.until) return kept.made;
    const current = { made: make(), until: performance.now() + ms };
    kept = current;
    current.made.catch(() => {
      if (kept === current) kept = null;
    });
    return current.made;
  };
}
