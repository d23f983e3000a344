import { documentRoute } from '../../documentation/routes.ts';
import type { Contract, Route } from '../../route.ts';
import type { ApiSettings } from '../../settings.ts';
import { healthRoutes } from '../health.ts';
import { authRoutes } from './auth.ts';
import { envelope } from './envelope.ts';
import { sessionRoutes } from './sessions.ts';
import { statusRoutes } from './status.ts';

/** The trading platform's API: so far signing in and how it is. It has no prefix. */
export function trading(settings: ApiSettings): Contract {
  const counted = [authRoutes, sessionRoutes, statusRoutes].flat();
  const contract = {
    roots: ['/auth', '/api-status'],
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
  { name: 'System', description: 'Whether all is well' },
];
