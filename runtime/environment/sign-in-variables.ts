import { z } from 'zod';
import { address, choice, optional, optionalAddress, secret, whole } from './rules.ts';

/** What the template says for SECRET_KEY; with DEBUG=False it is refused. */
export const PLACEHOLDER_SECRET_KEY = 'change-me-32-random-bytes-in-hex-as-openssl-rand-hex-32-gives-them';

/** The template's own, and what people write who mean to come back to it. */
export const isPlaceholder = (value: string): boolean =>
  /change.?me|replace.?me|placeholder|your.*(secret|key)|secret.?key|example/i.test(value);

/** Long enough, and guessed soon. */
export const repeatsFew = (value: string): boolean => new Set(value).size < 8;

const signingSecret = (description: string) =>
  z
    .string()
    .min(32, 'must have at least 32 characters: take what `openssl rand -hex 32` gives')
    .refine(
      (value) => !repeatsFew(value),
      'repeats a few characters, which is guessed: take what `openssl rand -hex 32` gives',
    )
    .refine((value) => !isPlaceholder(value), 'is a placeholder: take what `openssl rand -hex 32` gives')
    .optional()
    .meta({ description, secret: true });

export const secrets = {
  SECRET_KEY: z
    .string({
      error:
        'is required and must be the same in every process, commands too: the one that the API has (`npm start` keeps ' +
        'its own in secrets.json of DATA_DIR); for a new installation what `openssl rand -hex 32` gives',
    })
    .min(32, 'must have at least 32 characters: take what `openssl rand -hex 32` gives')
    .meta({
      description:
        'Seals the audit log, and signs tokens where JWT_SECRET is not set; at least 32 characters, the same for every process. `npm start` makes one where this is not set',
      example: PLACEHOLDER_SECRET_KEY,
      secret: true,
    }),
  SECRET_KEY_PREVIOUS: secret(
    'The SECRET_KEYs before, with commas between them: `npm run audit -- verify` needs them for what they sealed',
  ),
  JWT_SECRET: signingSecret('Signs tokens; at least 32 characters. ENVIRONMENT=production asks for it'),
  JWT_SECRET_PREVIOUS: signingSecret(
    'The JWT_SECRET before: its tokens are accepted still. To be taken away a week after the change',
  ),
  ENCRYPTION_KEY: secret(
    'Seals the exchange keys and the second factors in the database: 32 bytes in hex, or a Fernet key. Needed by the worker and, in production, by the API; `npm start` makes one',
  ),
  ENCRYPTION_KEY_PREVIOUS: secret(
    'Other keys that what is sealed opens under, with commas between them: while `npm run rotate-keys` has not sealed all anew',
  ),
  ALGORITHM: choice(['HS256'], 'HS256', 'Read for compatibility: tokens are signed with it'),
  ACCESS_TOKEN_EXPIRE_MINUTES: whole(
    30,
    'Read for compatibility and not used: an access token lives for 1 hour',
    [1, 100_000],
  ),
  REFRESH_TOKEN_EXPIRE_DAYS: whole(
    7,
    'Read for compatibility and not used: a refresh token lives for 7 days',
    [1, 3_650],
  ),
};

export const providers = {
  OAUTH_REDIRECT_BASE: optionalAddress(
    'Where browsers reach this API: providers send them back to its /oauth/google/callback and /oauth/kakao/callback',
    'https://api.example.com',
  ),
  GOOGLE_CLIENT_ID: optional('What Google knows this service by; not set: nobody signs in by Google'),
  GOOGLE_CLIENT_SECRET: secret('Its secret there'),
  GOOGLE_ISSUER: address('https://accounts.google.com', 'Where Google is asked who signs in'),
  KAKAO_CLIENT_ID: optional(
    "What Kakao knows this service by (the app's REST API key, with OpenID Connect on); not set: nobody signs in by Kakao",
  ),
  KAKAO_CLIENT_SECRET: secret('Its secret there'),
  KAKAO_ISSUER: address('https://kauth.kakao.com', 'Where Kakao is asked who signs in'),
};
