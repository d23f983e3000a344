import type { Lockout } from '../../db/login-attempts.ts';
import { createOAuth, type OAuth, type OAuthOptions } from './oauth.ts';
import { createPasswords, type PasswordQueue } from './passwords.ts';
import { createSealer, type Sealer, type SealingKeys } from './sealer.ts';
import { createTokens, type Tokens } from './tokens.ts';

/** What signing in needs besides the database. */
export interface Identity {
  passwords: PasswordQueue;
  tokens: Tokens;
  /** For the secrets of second factors. */
  sealer: Sealer;
  oauth: OAuth;
  lockout: Lockout;
  /** Whether admins may do nothing before they have turned two-factor authentication on. */
  adminsNeedFactor: boolean;
  now(): Date;
}

export interface IdentityOptions {
  /** Signs tokens; at least 32 characters. */
  secret: string;
  /** The one before it, while tokens of it are about. */
  olderSecret?: string | undefined;
  /** What seals the secrets of second factors. */
  sealing: SealingKeys;
  environment: keyof typeof LOCKOUTS;
  /** Providers to sign in by; none unless said. */
  oauth?: OAuthOptions;
  /** For tests. */
  now?: () => Date;
  passwordCost?: number;
}

const LOCKOUTS = {
  development: { failures: 5, ms: 60_000 },
  production: { failures: 10, ms: 15 * 60_000 },
} satisfies Record<string, Lockout>;

export function createIdentity(options: IdentityOptions): Identity {
  const { secret, olderSecret, sealing, environment, now = () => new Date(), passwordCost } = options;
  const { oauth = { redirectBase: '', providers: {} } } = options;
  return {
    passwords: createPasswords(passwordCost === undefined ? {} : { cost: passwordCost }),
    tokens: createTokens({ secret, olderSecret, now }),
    sealer: createSealer(sealing),
    oauth: createOAuth(oauth),
    lockout: LOCKOUTS[environment],
    adminsNeedFactor: environment === 'production',
    now,
  };
}
