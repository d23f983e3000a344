import { ApiError } from '../errors.ts';
import { openIdProvider, type Provider } from './open-id.ts';

/** Those one may sign in by, as their title and what is asked of them: who somebody is, and their verified email. */
const PROVIDERS = {
  google: { title: 'Google', scope: 'openid email' },
  kakao: { title: 'Kakao', scope: 'openid account_email' },
} as const;

export type ProviderName = keyof typeof PROVIDERS;

/** So that one that hangs is told of before the request's own deadline. */
const TIMEOUT_SECONDS = 2;

/** What a provider gave us to be known by, and where it is. */
export interface ProviderOptions {
  /** Its OpenID Connect issuer: https, or http on this machine. */
  issuer: string;
  clientId: string;
  clientSecret: string;
}

export interface OAuthOptions {
  /** Where browsers reach this API, without a last slash: https, or http on this machine. */
  redirectBase: string;
  providers: Partial<Record<ProviderName, ProviderOptions>>;
  /** How long a provider is waited for, each time it is asked. For tests. */
  timeoutSeconds?: number;
}

/** The providers that are set up here. */
export interface OAuth {
  names: readonly string[];
  /** Throws `provider_not_found`. */
  provider(name: string): Provider;
}

/** Reaches no provider until somebody wants to sign in by it. */
export function createOAuth({
  redirectBase,
  providers,
  timeoutSeconds = TIMEOUT_SECONDS,
}: OAuthOptions): OAuth {
  const known = new Map(
    Object.entries(providers).map(([name, options]) => {
      const callback = new URL(`${redirectBase}/oauth/${name}/callback`);
      const what = { name, callback, timeoutSeconds, ...PROVIDERS[name as ProviderName] };
      return [name, openIdProvider({ ...what, ...options })];
    }),
  );
  return {
    names: [...known.keys()],
    provider(name) {
      const provider = known.get(name);
      if (provider) return provider;
      throw new ApiError('provider_not_found', 'Signing in by this provider is not set up here.');
    },
  };
}
