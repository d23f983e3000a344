import type { OAuthOptions, ProviderName } from '../auth/oauth.ts';
import type { Scope } from '../../runtime/testing/database.ts';
import { testClock, testIdentity, type Pair } from './identity.ts';
import { REDIRECT_BASE, startOpenIdProvider, type Person, type TestProvider } from './open-id-provider.ts';
import { startApi, type TestAnswer, type TestApi } from './start-api.ts';

/** On a busy machine a test waits rather than fails. */
const PATIENCE_SECONDS = 60;

/** Both, with what they differ in: where they tell of the email. */
export const PROVIDERS = ['google', 'kakao'] as const;

/** A sign-in that has been begun: where its browser is to go, and the cookie it was given. */
export interface Begun {
  address: URL;
  setCookie: string;
  headers: { Cookie: string };
}

export interface OAuthApi extends TestApi {
  clock: ReturnType<typeof testClock>;
  oauth: OAuthOptions;
  providers: Record<ProviderName, TestProvider>;
  begin(name: ProviderName): Promise<Begun>;
  beginLink(name: ProviderName, headers: Record<string, string>): Promise<Begun>;
  /** To the callback's path and query, signed in at the provider as that person. */
  goTo(name: ProviderName, begun: Begun, person: Person): Promise<string>;
  /** From first to last. */
  signInBy(name: ProviderName, person: Person): Promise<TestAnswer<Pair & { detail: string }>>;
}

/** The API with real providers of both names. */
export async function startOAuthApi(t: Scope): Promise<OAuthApi> {
  const [google, kakao] = await Promise.all([
    startOpenIdProvider(t),
    startOpenIdProvider(t, { atUserinfo: true }),
  ]);
  const providers = { google, kakao };
  const clock = testClock();
  const oauth = optionsOf(providers);
  const api = await startApi(t, {}, { identity: testIdentity({ now: clock.now, oauth }) });
  const { call } = api;
  const begin = async (name: ProviderName) => begunBy(await call('GET', `/oauth/${name}`));
  const goTo = async (name: ProviderName, { address }: Begun, person: Person) => {
    const { pathname, search } = await providers[name].signIn(address, person);
    return pathname + search;
  };
  return {
    ...{ ...api, clock, oauth, providers, begin, goTo },
    beginLink: async (name, headers) =>
      begunBy(await call('POST', `/oauth/${name}/link`, undefined, headers)),
    async signInBy(name, person) {
      const begun = await begin(name);
      return call('GET', await goTo(name, begun, person), undefined, begun.headers);
    },
  };
}

function optionsOf(providers: OAuthApi['providers']): OAuthOptions {
  const [google, kakao] = PROVIDERS.map((name) => {
    const { issuer, client } = providers[name];
    return { issuer, ...client };
  });
  const [redirectBase, timeoutSeconds] = [REDIRECT_BASE, PATIENCE_SECONDS];
  return { redirectBase, timeoutSeconds, providers: { google: google!, kakao: kakao! } };
}

function begunBy({ headers, text, body }: TestAnswer<{ url?: string }>): Begun {
  const setCookie = headers.get('Set-Cookie');
  const address = headers.get('Location') ?? body.url;
  if (setCookie === null || address === undefined) throw new Error(`Not begun: ${text}`);
  return { address: new URL(address), setCookie, headers: { Cookie: setCookie.split(';')[0]! } };
}
