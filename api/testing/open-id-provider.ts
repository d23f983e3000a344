import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWTPayload,
} from 'jose';
import Provider, { type Configuration } from 'oidc-provider';
import type { Scope } from '../../runtime/testing/database.ts';

/** Where the API under test says that browsers reach it. Nothing listens there: the test is the browser. */
export const REDIRECT_BASE = 'https://trading.example';

/** Somebody with an account at the provider. */
export interface Person {
  sub: string;
  email?: string;
  email_verified?: boolean;
}

/** A real OpenID provider on loopback. */
export interface TestProvider {
  issuer: string;
  client: { clientId: string; clientSecret: string };
  /** Takes a browser of its own from the provider's page to where it is sent back, signed in there as that person. */
  signIn(address: URL, person: Person): Promise<URL>;
  /** What becomes of the claims of the ID tokens that it issues; `key` signs them in place of its own. */
  forge: { claims(claims: JWTPayload): JWTPayload; key?: CryptoKey };
  /** What requests meet instead of it. */
  outage: { kind: 'none' | keyof typeof OUTAGES };
}

const OUTAGES = {
  away: (response: ServerResponse) => response.destroy(),
  silent: () => {},
  failing: (response: ServerResponse) => response.writeHead(500).end(),
  rubbish: (response: ServerResponse) => response.end('<html>'),
  talkative: (response: ServerResponse) =>
    response
      .writeHead(401, { 'Content-Type': 'application/json' })
      .end('{"error":"invalid_client","error_description":"canary-description"}'),
};

const CLIENT = { clientId: 'perpetua-of-tests', clientSecret: 'client-secret-of-tests-0123456789' };

/** With `atUserinfo` it tells of the email at its userinfo endpoint only, else in the ID token. */
export async function startOpenIdProvider(t: Scope, { atUserinfo = false } = {}): Promise<TestProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'of-tests' };
  const people = new Map<string, Person>();
  const provider = new Provider(issuer, {
    ...CONFIGURATION,
    conformIdTokenClaims: atUserinfo,
    jwks: { keys: [key] },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...people.get(sub), sub }) }),
  });
  const forge: TestProvider['forge'] = { claims: (claims) => claims };
  provider.use(async (ctx, next) => {
    const { 1: accountId } = /^\/sign-in\/[^/]+\/(.+)$/.exec(ctx.path) ?? [];
    if (accountId !== undefined) {
      const login = { accountId: decodeURIComponent(accountId) };
      return provider.interactionFinished(ctx.req, ctx.res, { login });
    }
    await next();
    const answer = ctx.body as { id_token?: string };
    if (ctx.path !== '/token' || !answer.id_token) return;
    answer.id_token = await new SignJWT(forge.claims(decodeJwt(answer.id_token)))
      .setProtectedHeader({ alg: 'RS256', kid: decodeProtectedHeader(answer.id_token).kid! })
      .sign(forge.key ?? privateKey);
  });
  const serve = provider.callback();
  const outage: TestProvider['outage'] = { kind: 'none' };
  server.on('request', (request, response) =>
    outage.kind === 'none' ? serve(request, response) : OUTAGES[outage.kind](response),
  );
  const signIn = (address: URL, person: Person) => {
    people.set(person.sub, person);
    return follow(address, person.sub);
  };
  return { issuer, client: CLIENT, signIn, forge, outage };
}

const CONFIGURATION: Configuration = {
  clients: [
    {
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
      token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: ['google', 'kakao'].map((name) => `${REDIRECT_BASE}/oauth/${name}/callback`),
    },
  ],
  scopes: ['openid', 'email', 'account_email'],
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    account_email: ['email', 'email_verified'],
  },
  ttl: { AccessToken: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
  pkce: { required: () => true },
  cookies: { keys: ['of-tests'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, { uid }) => `/sign-in/${uid}` },
  async loadExistingGrant({ oidc }) {
    // Whoever signs in agrees to what they are asked for.
    const grant = new oidc.provider.Grant({
      clientId: oidc.client!.clientId,
      accountId: oidc.session!.accountId!,
    });
    grant.addOIDCScope('openid email account_email');
    await grant.save();
    return grant;
  },
};

/** As a browser: keeps cookies, and goes where it is sent until that is back to us. At the page that asks, it is `sub`. */
async function follow(address: URL, sub: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let at = new URL(address);
  while (at.origin !== REDIRECT_BASE) {
    if (at.pathname.startsWith('/sign-in/')) at.pathname += `/${encodeURIComponent(sub)}`;
    const Cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(at, { redirect: 'manual', headers: { Cookie } });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) cookies.set(name, value);
    }
    const next = response.headers.get('Location');
    if (next === null) throw new Error(`The provider answers ${response.status}: ${await response.text()}`);
    at = new URL(next, at);
  }
  return at;
}
