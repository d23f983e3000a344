import test from 'ava';
import { ConfigurationError, readConfiguration } from './configuration.ts';

const REQUIRED = {
  DATABASE_URL: 'postgresql://db_user@localhost:5432/scalper_bot',
  SECRET_KEY: '0123456789abcdef0123456789abcdef',
};
const GOOGLE = { GOOGLE_CLIENT_ID: 'google-id', GOOGLE_CLIENT_SECRET: 'google-canary' };
const KAKAO = { KAKAO_CLIENT_ID: 'kakao-id', KAKAO_CLIENT_SECRET: 'kakao-canary' };
const BASE = { OAUTH_REDIRECT_BASE: 'https://api.example.com/' };

const oauthOf = (variables: object) => readConfiguration({ ...REQUIRED, ...variables }).identity.oauth;

test('a provider is set up by what it knows us by, where it is by standard or elsewhere', (t) => {
  t.deepEqual(oauthOf({})?.providers, {});
  t.deepEqual(oauthOf({ ...GOOGLE, ...KAKAO, ...BASE, KAKAO_ISSUER: 'http://127.0.0.1:9000' }), {
    redirectBase: 'https://api.example.com',
    providers: {
      google: {
        ...{ issuer: 'https://accounts.google.com', clientId: 'google-id', clientSecret: 'google-canary' },
      },
      kakao: { issuer: 'http://127.0.0.1:9000', clientId: 'kakao-id', clientSecret: 'kakao-canary' },
    },
  });
});

test('P5: what the providers know us by is shown in no log', (t) => {
  const { redactions } = readConfiguration({ ...REQUIRED, ...GOOGLE, ...KAKAO, ...BASE });
  for (const secret of ['google-canary', 'kakao-canary']) t.true(redactions.includes(secret));
});

const refused: [why: string, variables: Record<string, string>, message: RegExp][] = [
  ['no secret', { ...BASE, GOOGLE_CLIENT_ID: 'canary' }, /GOOGLE_CLIENT_SECRET is missing/],
  ['no id', { ...BASE, KAKAO_CLIENT_SECRET: 'canary' }, /KAKAO_CLIENT_ID is missing/],
  ['nowhere to come back to', GOOGLE, /OAUTH_REDIRECT_BASE is missing/],
  ['plain http between', { OAUTH_REDIRECT_BASE: 'http://canary.example' }, /OAUTH_REDIRECT_BASE must be/],
  ['a provider without TLS', { GOOGLE_ISSUER: 'http://127.0.0.1.canary.example' }, /GOOGLE_ISSUER must be/],
  ['a password in an address', { KAKAO_ISSUER: 'https://u:canary@kakao.example' }, /KAKAO_ISSUER must be/],
  ['no address', { KAKAO_ISSUER: 'canary' }, /KAKAO_ISSUER must be/],
  [
    'plain http in production',
    {
      OAUTH_REDIRECT_BASE: 'http://localhost:8000',
      ENVIRONMENT: 'production',
      DEBUG: 'False',
      JWT_SECRET: '0123456789abcdefghijklmnopqrstuv',
    },
    /OAUTH_REDIRECT_BASE is plain http/,
  ],
];

for (const [why, variables, message] of refused) {
  test(`start is refused where signing in by a provider has ${why}`, (t) => {
    const expected = { instanceOf: ConfigurationError, message };
    const error = t.throws(() => oauthOf(variables), expected);
    t.false(error.message.includes('canary'));
  });
}
