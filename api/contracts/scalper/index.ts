import { documentationRoutes } from '../../documentation/routes.ts';
import type { Contract, Route } from '../../route.ts';
import type { ApiSettings } from '../../settings.ts';
import { botCommandRoutes } from './bot-commands.ts';
import { botRoutes } from './bots.ts';
import { envelope } from './envelope.ts';
import { logRoutes } from './logs.ts';
import { operationRoutes } from './operations.ts';
import { strategyRoutes } from './strategies.ts';
import { systemRoutes } from './system.ts';
import { telegramRoutes } from './telegram.ts';
import { tradeRoutes } from './trades.ts';
import { whyRoutes } from './why.ts';

/** The scalper's API. Where two paths would match, the fixed one comes first (`/bots/stop-all` before `/bots/{bot_id}`). */
export function scalper(settings: ApiSettings): Contract {
  const versioned = [
    ...[botCommandRoutes, botRoutes, whyRoutes, logRoutes, tradeRoutes, strategyRoutes],
    ...[operationRoutes, telegramRoutes],
  ].flat();
  const documented: Route[] = [
    ...versioned.map((route) => ({ ...route, path: `${settings.prefix}${route.path}` })),
    ...systemRoutes,
  ];
  const contract = { roots: [settings.prefix], routes: documented, tags: TAGS, envelope };
  return { ...contract, routes: [...documented, ...documentationRoutes(contract, settings)] };
}

const TAGS = [
  { name: 'Bots', description: 'Create, read, change and delete bots' },
  { name: 'Commands', description: 'Start, pause and stop them' },
  { name: 'Trades', description: 'What they bought and sold' },
  { name: 'Logs', description: 'What happened, in words' },
  { name: 'Strategies', description: 'What a bot can be told to do' },
  { name: 'Telegram', description: 'Messages to your chat' },
  { name: 'Operations', description: "Everybody's bots, for operators" },
  { name: 'System', description: 'Whether all is well' },
];
