import { documentRoute } from '../../documentation/routes.ts';
import type { Contract } from '../../route.ts';
import type { ApiSettings } from '../../settings.ts';
import { auditRoutes } from './audit-logs.ts';
import { authRoutes } from './auth.ts';
import { envelope } from './envelope.ts';
import { sessionRoutes } from './sessions.ts';

/** The trading platform's API: so far signing in, and who did what. It has no prefix. */
export function trading(settings: ApiSettings): Contract {
  const contract = {
    roots: ['/auth', '/admin'],
    routes: [...authRoutes, ...sessionRoutes, ...auditRoutes],
    tags: TAGS,
    envelope,
  };
  const routes = [...contract.routes, documentRoute('/openapi/trading.json', contract, settings)];
  return { ...contract, routes };
}

const TAGS = [
  { name: 'Authentication', description: 'Sign up, in and out' },
  { name: 'Sessions', description: 'Where a user is signed in' },
  { name: 'Administration', description: 'For admins' },
];
