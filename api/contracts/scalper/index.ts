import { documentationRoutes } from '../../documentation/routes.ts';
import type { Contract, Route } from '../../route.ts';
import type { ApiSettings } from '../../settings.ts';
import { botCommandRoutes } from './bot-commands.ts';
import { botRoutes } from './bots.ts';
import { envelope } from './envelope.ts';
import { logRoutes } from './logs.ts';
import { strategyRoutes } from './strategies.ts';
import { systemRoutes } from './system.ts';
import { tradeRoutes } from './trades.ts';
import { whyRoutes } from './why.ts';

/** The scalper's API. Where two paths would match, the fixed one comes first (`/bots/stop-all` before `/bots/{bot_id}`). */
export function scalper(settings: ApiSettings): Contract {
  const versioned = [botCommandRoutes, botRoutes, whyRoutes, logRoutes, tradeRoutes, strategyRoutes].flat();
  const documented: Route[] = [
    ...versioned.map((route) => ({ ...route, path: `${settings.prefix}${route.path}` })),
    ...systemRoutes,
  ];
  return {
    routes: [...documented, ...documentationRoutes({ routes: documented, envelope }, settings)],
    envelope,
  };
}
