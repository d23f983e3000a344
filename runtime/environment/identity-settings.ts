import { randomBytes } from 'node:crypto';
import type { IdentityOptions } from '../../api/auth/identity.ts';
import type { OAuthOptions, ProviderOptions } from '../../api/auth/oauth.ts';
import { environmentOf } from './api-settings.ts';
import { ConfigurationError } from './configuration-error.ts';
import { PLACEHOLDER_SECRET_KEY } from './sign-in-variables.ts';
import type { Environment } from './variables.ts';

/** How the API signs people in; with `isForThisRun` its tokens are good until it ends. */
export type IdentitySettings = Pick<IdentityOptions, 'secret' | 'olderSecret' | 'environment' | 'oauth'> & {
  isForThisRun: boolean;
};

/** A placeholder that everybody knows signs nothing: in its place a secret is made. */
export function identitySettings(env: Environment): IdentitySettings {
  const { JWT_SECRET, JWT_SECRET_PREVIOUS: olderSecret, SECRET_KEY, ENVIRONMENT } = env;
  if (ENVIRONMENT === 'production' && JWT_SECRET === undefined)
    throw new ConfigurationError(
      'JWT_SECRET is missing, which ENVIRONMENT=production does not allow. ' +
        'Set it to what `openssl rand -hex 32` gives.',
    );
  const environment = environmentOf(env);
  const isForThisRun = JWT_SECRET === undefined && SECRET_KEY === PLACEHOLDER_SECRET_KEY;
  return {
    secret: isForThisRun ? randomBytes(32).toString('hex') : (JWT_SECRET ?? SECRET_KEY),
    olderSecret,
    environment,
    oauth: oauthSettings(env, environment),
    isForThisRun,
  };
}

function oauthSettings(env: Environment, environment: IdentityOptions['environment']): OAuthOptions {
  const google = providerOptions(env, 'GOOGLE');
  const kakao = providerOptions(env, 'KAKAO');
  const providers = { ...(google && { google }), ...(kakao && { kakao }) };
  const redirectBase = env.OAUTH_REDIRECT_BASE?.replace(/\/+$/, '');
  if (redirectBase === undefined && (google ?? kakao))
    throw new ConfigurationError(
      'OAUTH_REDIRECT_BASE is missing: set it to where browsers reach this API, such as https://api.example.com.',
    );
  if (environment === 'production' && redirectBase?.startsWith('http:'))
    throw new ConfigurationError(
      'OAUTH_REDIRECT_BASE is plain http, which production does not allow: set it to an https address.',
    );
  return { redirectBase: redirectBase ?? '', providers };
}

function providerOptions(env: Environment, name: 'GOOGLE' | 'KAKAO'): ProviderOptions | null {
  const { [`${name}_CLIENT_ID` as const]: clientId, [`${name}_CLIENT_SECRET` as const]: clientSecret } = env;
  if (clientId === undefined && clientSecret === undefined) return null;
  if (clientId === undefined || clientSecret === undefined)
    throw new ConfigurationError(
      `${name}_CLIENT_${clientId === undefined ? 'ID' : 'SECRET'} is missing: set both of ${name}'s, or neither.`,
    );
  return { issuer: env[`${name}_ISSUER`], clientId, clientSecret };
}
