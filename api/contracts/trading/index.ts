import { documentRoute } from '../../documentation/routes.ts';
import type { Contract } from '../../route.ts';
import type { ApiSettings } from '../../settings.ts';
import { accountKeyRoutes } from './account-keys.ts';
import { accountRoutes } from './account.ts';
import { authRoutes } from './auth.ts';
import { envelope } from './envelope.ts';
import { oauthRoutes } from './oauth.ts';
import { sessionRoutes } from './sessions.ts';
import { userRoutes } from './users.ts';
import { twoFactorRoutes } from './two-factor.ts';

/** The trading platform's API: so far signing in and one's account. It has no prefix. */
export function trading(settings: ApiSettings): Contract {
  const contract = {
    roots: ['/auth', '/oauth', '/account'],
    routes: [
      ...[...authRoutes, ...sessionRoutes, ...twoFactorRoutes, ...oauthRoutes, ...userRoutes],
      ...[...accountKeyRoutes, ...accountRoutes],
    ],
    tags: TAGS,
    envelope,
  };
  const routes = [...contract.routes, documentRoute('/openapi/trading.json', contract, settings)];
  return { ...contract, routes };
}

const TAGS = [
  { name: 'Authentication', description: 'Sign up, in and out' },
  { name: 'Sessions', description: 'Where a user is signed in' },
  { name: 'Users', description: 'Who may do what; for admins' },
  { name: 'Two-factor', description: 'A code of an authenticator besides the password' },
  { name: 'Providers', description: 'Sign in by Google or Kakao' },
  { name: 'Exchange keys', description: 'With which bots trade; encrypted, never shown again' },
  { name: 'Account', description: 'Balance and limits of a user' },
];
