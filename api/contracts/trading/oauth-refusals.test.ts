import { generateKeyPair, type JWTPayload } from 'jose';
import test, { type ExecutionContext } from 'ava';
import { shared } from '../../../runtime/testing/shared.ts';
import { testIdentity } from '../../testing/identity.ts';
import { startOAuthApi, type OAuthApi } from '../../testing/oauth.ts';
import { REDIRECT_BASE } from '../../testing/open-id-provider.ts';
import { startApi } from '../../testing/start-api.ts';

const api = shared(startOAuthApi);

const ADA = { sub: 'ada', email: 'ada@example.com', email_verified: true };

/** Nobody has come in. */
async function nobody(t: ExecutionContext, { knex }: Pick<OAuthApi, 'knex'>): Promise<void> {
  for (const table of ['sessions', 'user_identities']) t.deepEqual(await knex(table), [], table);
}

test('trading-api 21: what a provider says is believed only as it was asked, by it, of us, and now', async (t) => {
  const started = await startOAuthApi(t);
  const { signInBy, providers, lines } = started;
  const { forge, issuer } = providers.google;
  const now = Math.floor(Date.now() / 1_000);
  const changed: Record<string, Record<string, unknown>> = {
    'of another sign-in': { nonce: 'n'.repeat(43) },
    'of no sign-in': { nonce: undefined },
    'for another client': { aud: 'somebody-else' },
    'for another client as well': { aud: ['perpetua-of-tests', 'somebody-else'], azp: 'somebody-else' },
    'by another issuer': { iss: 'https://accounts.example' },
    'by an issuer that is nearly it': { iss: `${issuer}/` },
    'run out': { iat: now - 3_600, exp: now - 60 },
    'without an end': { exp: undefined },
    'issued in the future': { iat: now + 600, nbf: now + 600 },
    'about nobody': { sub: undefined },
    'about somebody no provider may name': { sub: 'x'.repeat(256) },
    'about somebody no table can hold': { sub: 'a\0b' },
  };
  for (const [what, change] of Object.entries(changed)) {
    forge.claims = (claims) => ({ ...claims, ...change }) as JWTPayload;
    const { status, body } = await signInBy('google', ADA);
    t.is(status, 400, what);
    t.regex(body.detail, /^Google did not confirm the sign-in/, what);
  }
  forge.claims = (claims) => claims;
  forge.key = (await generateKeyPair('RS256')).privateKey;
  t.is((await signInBy('google', ADA)).status, 400, 'signed by somebody else');
  await nobody(t, started);
  // The same without a change: what is refused above is so for its one difference.
  delete forge.key;
  forge.claims = (claims) => ({ ...claims });
  t.is((await signInBy('google', ADA)).status, 200);
  t.false(JSON.stringify(lines).includes(providers.google.client.clientSecret));
});

test('trading-api 21: a code is good in its own sign-in only', async (t) => {
  const { call, begin, goTo, knex } = await api(t);
  const begun = await begin('google');
  const callback = await goTo('google', begun, ADA);
  await knex('oauth_transactions').update({ code_verifier: 'v'.repeat(43) });
  t.is((await call('GET', callback, undefined, begun.headers)).status, 400);

  // Another's code put into one's own callback.
  const [own, others] = [await begin('google'), await begin('google')];
  const [ownBack, othersBack] = [await goTo('google', own, ADA), await goTo('google', others, ADA)];
  const mixed = new URL(ownBack, REDIRECT_BASE);
  mixed.searchParams.set('code', new URL(othersBack, REDIRECT_BASE).searchParams.get('code')!);
  t.is((await call('GET', mixed.pathname + mixed.search, undefined, own.headers)).status, 400);
});

test('Who does not sign in at the provider is told to begin again, and so is who comes from another', async (t) => {
  const { call, begin, providers } = await api(t);
  const { issuer } = providers.google;
  for (const query of [
    { error: 'access_denied', iss: issuer },
    { error: 'server_error', error_description: 'x', iss: issuer },
    { iss: issuer },
    { code: 'x', iss: 'https://accounts.example' },
    { code: 'x' },
  ]) {
    const begun = await begin('google');
    const state = begun.address.searchParams.get('state')!;
    const search = new URLSearchParams({ ...query, state }).toString();
    const path = `/oauth/google/callback?${search}`;
    const { status, body } = await call('GET', path, undefined, begun.headers);
    t.is(status, 400, search);
    t.regex(String(body['detail']), /did not confirm/, search);
  }
});

test('A provider that is away, hangs or talks nonsense is told of, and used again when it is back', async (t) => {
  const started = await startOAuthApi(t);
  const { knex, signInBy, begin, goTo, providers, oauth, lines } = started;
  const { outage } = providers.kakao;
  // Only where nobody answers is it not waited for.
  const impatient = testIdentity({ oauth: { ...oauth, timeoutSeconds: 1 } });
  const { call: unheard } = await startApi(t, {}, { knex, identity: impatient });
  for (const isFound of [false, true]) {
    for (const kind of ['away', 'silent', 'failing', 'rubbish', 'talkative'] as const) {
      const call = kind === 'silent' ? unheard : started.call;
      outage.kind = 'none';
      const begun = isFound ? await begin('kakao') : null;
      const path = begun ? await goTo('kakao', begun, ADA) : '/oauth/kakao';
      outage.kind = kind;
      const { status, body, headers } = await call('GET', path, undefined, begun?.headers);
      t.is(status, 503, kind);
      t.regex(String(body['detail']), /^Kakao cannot be asked right now/, kind);
      t.is(headers.get('Retry-After'), '60');
      t.is(headers.get('Set-Cookie'), null);
    }
  }
  await nobody(t, started);
  outage.kind = 'none';
  t.is((await signInBy('kakao', ADA)).status, 200);
  const said = JSON.stringify(lines);
  t.true(said.includes('invalid_client'));
  t.false(said.includes('canary-description'));
});

test('P5: a provider that does not take our secret is told of without it, and nothing it says is in the log', async (t) => {
  const { oauth: right, goTo } = await api(t);
  const wrong = { ...right.providers.google!, clientSecret: 'canary-client-secret' };
  const oauth = { ...right, providers: { google: wrong } };
  const { call, lines, knex } = await startApi(t, {}, { identity: testIdentity({ oauth }) });
  const begun = await call('GET', '/oauth/google');
  const address = new URL(begun.headers.get('Location')!);
  const headers = { Cookie: begun.headers.get('Set-Cookie')!.split(';')[0]! };
  const [{ code_verifier: verifier }] = await knex('oauth_transactions');
  const callback = await goTo('google', { address, setCookie: '', headers }, ADA);
  const refused = await call('GET', callback, undefined, headers);
  t.is(refused.status, 503);
  const said = JSON.stringify([lines, refused.text, await knex('users')]);
  t.true(said.includes('invalid_client'));
  const { code, state } = Object.fromEntries(new URL(callback, REDIRECT_BASE).searchParams);
  for (const secret of ['canary-client-secret', verifier, code!, state!, headers.Cookie.slice(14)])
    t.false(said.includes(secret));
});
