import { documentRoute } from '../../documentation/routes.ts';
import type { Contract, Route } from '../../route.ts';
import type { ApiSettings } from '../../settings.ts';
import { healthRoutes } from '../health.ts';
import { accountKeyRoutes } from './account-keys.ts';
import { accountRoutes } from './account.ts';
import { auditRoutes } from './audit-logs.ts';
import { authRoutes } from './auth.ts';
import { envelope } from './envelope.ts';
import { notificationRoutes } from './notifications.ts';
import { oauthRoutes } from './oauth.ts';
import { preferenceRoutes } from './preferences.ts';
import { sessionRoutes } from './sessions.ts';
import { socketTicketRoutes } from './socket-tickets.ts';
import { statusRoutes } from './status.ts';
import { telegramRoutes } from './telegram.ts';
import { twoFactorRoutes } from './two-factor.ts';
import { userRoutes } from './users.ts';

/** The trading platform's API: so far signing in, one's account, who did what, and how all is. It has no prefix. */
export function trading(settings: ApiSettings): Contract {
  const counted = [
    ...[authRoutes, sessionRoutes, twoFactorRoutes, oauthRoutes, userRoutes],
    ...[accountKeyRoutes, accountRoutes, preferenceRoutes, telegramRoutes, notificationRoutes],
    ...[auditRoutes, statusRoutes, socketTicketRoutes],
  ].flat();
  const contract = {
    // `/api/ws` is the door of bots' dashboards; it is refused and limited as what is signed in for.
    roots: ['/auth', '/oauth', '/account', '/admin', '/api-status', '/ws', '/api/ws'],
    // Every call is one of the caller's; health is asked for by machines, as often as they like.
    routes: [...counted.map((route): Route => ({ limit: 'calls', ...route })), ...healthRoutes],
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
  { name: 'Telegram', description: 'Who you are there' },
  { name: 'System', description: 'Whether all is well' },
  { name: 'Live updates', description: 'What opens a WebSocket' },
  { name: 'Administration', description: 'For admins' },
];
