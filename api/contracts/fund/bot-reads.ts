import { z } from 'zod';
import { performanceOf } from '../../../bots/fund/performance.ts';
import { readFundBot } from '../../../db/fund/fund-bot.ts';
import { listFundTrades, sumFundTrades } from '../../../db/fund/trading-history.ts';
import { answer, route } from '../../route.ts';
import { botHealth, botStatus, performance, trade } from './bot-schemas.ts';
import { atMost, data, leavingOut, success } from './fields.ts';
import { isHealthy, presentHealth, presentState, presentTrade } from './present.ts';

const tag = 'Bot';

const status = route({
  method: 'get',
  path: '/bot/status',
  policy: 'signed-in',
  tag,
  summary: 'How the bot is',
  responses: { 200: data(botStatus) },
  async handler(_, { knex, identity }) {
    const bot = await readFundBot(knex);
    const now = Math.max(identity.now().getTime(), bot?.beat_at?.getTime() ?? 0);
    const timestamp = new Date(now).toISOString();
    return answer(200, { success, data: { ...presentState(bot), timestamp } });
  },
});

const health = route({
  method: 'get',
  path: '/bot/health',
  policy: 'public',
  tag,
  summary: 'Whether the bot is well',
  description:
    'Running or paused, with a sign of life not older than a minute, and fewer than 3 failures in a row.',
  responses: {
    200: z.strictObject({ success: z.literal(true), is_healthy: z.boolean(), status: botHealth }),
  },
  refusals: ['unavailable', 'internal'],
  async handler(_, { knex, identity, settings }) {
    const bot = await readFundBot(knex);
    const is_healthy = isHealthy(bot, { ...settings.fund, now: identity.now().getTime() });
    return answer(200, { success, is_healthy, status: presentHealth(bot) });
  },
});

const readPerformance = route({
  method: 'get',
  path: '/bot/performance',
  policy: 'signed-in',
  tag,
  summary: 'What the bot has made',
  responses: { 200: data(performance) },
  async handler(_, { knex, settings: { fund } }) {
    const { capital, ...sums } = await sumFundTrades(knex, fund);
    return answer(200, { success, data: performanceOf(sums, fund.initialCapital ?? capital) });
  },
});

const trades = route({
  method: 'get',
  path: '/bot/trades',
  policy: 'signed-in',
  tag,
  summary: 'List its trades, newest first',
  query: z.object({ limit: atMost(500, 50), offset: leavingOut }),
  responses: {
    200: z.strictObject({
      success: z.literal(true),
      count: z.int().min(0).meta({ description: 'How many are here' }),
      total: z.int().min(0).meta({ description: 'How many there are' }),
      data: z.array(trade),
    }),
  },
  async handler({ query }, { knex }) {
    const { trades: listed, total } = await listFundTrades(knex, query);
    return answer(200, { success, count: listed.length, total, data: listed.map(presentTrade) });
  },
});

export const botReadRoutes = [status, health, readPerformance, trades];
