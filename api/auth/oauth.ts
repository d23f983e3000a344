import { ApiError } from '../errors.ts';
import { openIdProvider, type Provider } from './open-id.ts';

/** Those one may sign in by, as their title and what is asked of them: who somebody is, and their verified email. */
const PROVIDERS = {
  google: { title: 'Google', scope: 'openid email' },
  kakao: { title: 'Kakao', scope: 'openid account_email' },
} as const;

export type ProviderName = keyof typeof PROVIDERS;

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
}

/** The providers that are set up here. */
export interface OAuth {
  names: readonly string[];
  /** Throws `provider_not_found`. */
  provider(name: string): Provider;
}

/** Reaches no provider until somebody wants to sign in by it. */
export function createOAuth({ redirectBase, providers }: OAuthOptions): OAuth {
  const known = new Map(
    Object.entries(providers).map(([name, options]) => {
      const callback = new URL(`${redirectBase}/oauth/${name}/callback`);
      return [name, openIdProvider({ name, callback, ...PROVIDERS[name as ProviderName], ...options })];
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
