import { z } from 'zod';
import { listIdentities } from '../../../db/identities.ts';
import { browserCookie } from '../../auth/browser-cookie.ts';
import { beginOAuth } from '../../commands/begin-oauth.ts';
import { identityContext } from '../../commands/context.ts';
import { finishOAuth } from '../../commands/finish-oauth.ts';
import { unlinkIdentity } from '../../commands/unlink-identity.ts';
import { answer, route } from '../../route.ts';
import { presentIdentity, presentSignedIn } from './present.ts';
import {
  authorization,
  callbackQuery,
  identity,
  identityPath,
  message,
  providerPath,
  tokenPair,
} from './schemas.ts';

const tag = 'Providers';

const list = route({
  method: 'get',
  path: '/oauth/identities',
  policy: 'signed-in',
  tag,
  summary: 'What you can sign in by, the oldest first',
  responses: { 200: z.array(identity) },
  async handler({ caller }, { knex }) {
    return answer(200, (await listIdentities(knex, caller.userId)).map(presentIdentity));
  },
});

const unlink = route({
  method: 'delete',
  path: '/oauth/identities/{id}',
  policy: 'signed-in',
  tag,
  summary: 'Sign in by it no more',
  params: identityPath,
  responses: { 200: message },
  refusals: ['identity_not_found', 'last_way_in'],
  async handler({ caller, params, ...request }, dependencies) {
    await unlinkIdentity(params.id, caller, identityContext(request, dependencies));
    return answer(200, { message: 'Identity unlinked' });
  },
});

const begin = route({
  method: 'get',
  path: '/oauth/{provider}',
  policy: 'public',
  limit: 'sign-in',
  tag,
  summary: 'Sign in by a provider: sends the browser there',
  params: providerPath,
  responses: { 302: null },
  refusals: ['provider_not_found', 'provider_unavailable', 'internal', 'unavailable'],
  async handler({ params, ...request }, dependencies) {
    const { provider, url, browser } = await beginOAuth(
      params.provider,
      null,
      identityContext(request, dependencies),
    );
    return answer(302, null, { Location: url.href, ...browserCookie(provider).given(browser) });
  },
});

const link = route({
  method: 'post',
  path: '/oauth/{provider}/link',
  policy: 'signed-in',
  tag,
  summary: 'Link a provider: says where to send this browser',
  description:
    'Within 5 minutes of signing in. The answer sets a cookie without which the callback is refused: a page of another origin asks with credentials.',
  params: providerPath,
  responses: { 200: authorization },
  refusals: ['provider_not_found', 'provider_unavailable', 'stale_sign_in'],
  async handler({ params, caller, ...request }, dependencies) {
    const { provider, url, browser } = await beginOAuth(
      params.provider,
      caller,
      identityContext(request, dependencies),
    );
    return answer(200, { url: url.href }, browserCookie(provider).given(browser));
  },
});

const callback = route({
  method: 'get',
  path: '/oauth/{provider}/callback',
  policy: 'public',
  limit: 'sign-in',
  tag,
  summary: 'Where the provider sends the browser back: opens a session, or links (201)',
  params: providerPath,
  query: callbackQuery,
  responses: { 200: tokenPair, 201: identity },
  refusals: [
    ...(['transaction_not_found', 'provider_refused', 'email_unverified', 'account_disabled'] as const),
    ...(['email_taken', 'identity_taken', 'unauthenticated', 'two_factor_required'] as const),
    ...(['provider_not_found', 'provider_unavailable', 'internal', 'unavailable'] as const),
  ],
  async handler({ params, query, cookie, ...request }, dependencies) {
    const provider = dependencies.identity.oauth.provider(params.provider);
    const { name, taken } = browserCookie(provider);
    const done = await finishOAuth(
      { provider, query, browser: cookie(name) ?? '' },
      ...([request.client, identityContext(request, dependencies)] as const),
    );
    if ('linked' in done) return answer(201, presentIdentity(done.linked), taken());
    const { status, body, headers } = presentSignedIn(done.signedIn, dependencies.settings);
    return answer(status, body, {
      'Set-Cookie': [taken(), headers].flatMap((one) => one['Set-Cookie'] ?? []),
    });
  },
});

/** In this order: `identities` is no provider. */
export const oauthRoutes = [list, unlink, begin, link, callback];
