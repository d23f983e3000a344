import { z } from 'zod';
import { changeBot } from '../../commands/change-bot.ts';
import { createBot } from '../../commands/create-bot.ts';
import { deleteBot } from '../../commands/delete-bot.ts';
import { requireBot } from '../../commands/require-bot.ts';
import { listBots, readStatistics } from '../../../db/bots.ts';
import { answer, route } from '../../route.ts';
import { bot, botChange, newBot, STATUSES } from './bot-schemas.ts';
import { changeOf, settingsOf } from './bot-settings.ts';
import { CHANGES, NEW_BOTS } from './examples.ts';
import { botPath, count, page } from './fields.ts';
import { presentBot } from './present.ts';

const tag = 'Bots';

const list = route({
  method: 'get',
  path: '/bots/',
  policy: 'owner',
  tag,
  summary: 'List bots, newest first',
  query: z.object({ ...page, status: z.enum(STATUSES).optional() }),
  responses: { 200: z.array(bot) },
  async handler({ query, owner }, { knex }) {
    const { skip, limit, status } = query;
    const bots = await listBots(knex, { ...owner.rows, skip, limit, ...(status && { status }) });
    return answer(200, bots.map(presentBot));
  },
});

const create = route({
  method: 'post',
  path: '/bots/',
  policy: 'owner',
  tag,
  summary: 'Create a bot and start it',
  description: 'Where it cannot start for a reason that will not pass, it is created with status ERROR.',
  body: newBot,
  examples: NEW_BOTS,
  responses: { 201: bot },
  refusals: ['bot_limit_reached', 'unavailable'],
  async handler({ body, owner, log }, dependencies) {
    const created = await createBot(settingsOf(body), { ...dependencies, owner, log: log() });
    return answer(201, presentBot(created));
  },
});

const statistics = route({
  method: 'get',
  path: '/bots/statistics/summary',
  policy: 'owner',
  tag,
  summary: 'Numbers over all bots',
  responses: {
    200: z
      .strictObject({
        total_bots: count,
        active_bots: count,
        stopped_bots: count,
        total_pnl: z.number(),
        total_trades: count,
      })
      .meta({
        id: 'Statistics',
        example: { total_bots: 3, active_bots: 2, stopped_bots: 1, total_pnl: 125.5, total_trades: 10 },
      }),
  },
  async handler({ owner }, { knex }) {
    const numbers = await readStatistics(knex, owner.rows);
    return answer(200, { ...numbers, total_pnl: Number(numbers.total_pnl) });
  },
});

const read = route({
  method: 'get',
  path: '/bots/{bot_id}',
  policy: 'owner',
  tag,
  summary: 'Read one bot',
  params: botPath,
  responses: { 200: bot },
  refusals: ['bot_not_found'],
  async handler({ params, owner }, { knex }) {
    return answer(200, presentBot(await requireBot(params.bot_id, { knex, owner })));
  },
});

const change = route({
  method: 'put',
  path: '/bots/{bot_id}',
  policy: 'owner',
  tag,
  summary: 'Change a bot',
  description:
    'Fields left out stay as they are. A running bot takes new prices, quantity, trailing and loop at once; its ticker, exchange and first order change only while it is stopped.',
  params: botPath,
  body: botChange,
  examples: CHANGES,
  responses: { 200: bot },
  refusals: ['bot_not_found', 'bot_is_running', 'unavailable'],
  async handler({ params, body, owner, log }, dependencies) {
    const changed = await changeBot(params.bot_id, changeOf(body), { ...dependencies, owner, log: log() });
    return answer(200, presentBot(changed));
  },
});

const remove = route({
  method: 'delete',
  path: '/bots/{bot_id}',
  policy: 'owner',
  tag,
  summary: 'Stop a bot, then delete it with its trades',
  params: botPath,
  responses: { 204: null },
  refusals: ['bot_not_found', 'cancel_unconfirmed', 'unavailable'],
  async handler({ params, owner, log }, dependencies) {
    await deleteBot(params.bot_id, { ...dependencies, owner, log: log() });
    return answer(204, null);
  },
});

export const botRoutes = [list, create, statistics, read, change, remove];
