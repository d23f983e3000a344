import { z } from 'zod';
import { listTrades } from '../../../db/trades.ts';
import { requireBot } from '../../commands/require-bot.ts';
import { answer, route } from '../../route.ts';
import { SIDES } from './bot-schemas.ts';
import { botPath, page, queryText } from './fields.ts';
import { presentTrade } from './present.ts';
import { trade } from './trade-schemas.ts';

const tag = 'Trades';

const query = z.object({
  ...page,
  symbol: queryText.optional().meta({ description: 'Trading pair', example: 'BTC/USDT' }),
  side: z.enum(SIDES).optional(),
});

function filterOf({ skip, limit, symbol, side }: z.output<typeof query>) {
  return {
    skip,
    limit,
    ...(symbol !== undefined && { symbol: symbol.toUpperCase() }),
    ...(side && { side }),
  };
}

const all = route({
  method: 'get',
  path: '/trades/',
  policy: 'owner',
  tag,
  summary: 'List trades of all bots, newest first',
  query,
  responses: { 200: z.array(trade) },
  async handler(request, { knex }) {
    const trades = await listTrades(knex, { ...request.owner.rows, ...filterOf(request.query) });
    return answer(200, trades.map(presentTrade));
  },
});

const ofBot = route({
  method: 'get',
  path: '/bots/{bot_id}/trades',
  policy: 'owner',
  tag,
  summary: 'List trades of one bot, newest first',
  params: botPath,
  query,
  responses: { 200: z.array(trade) },
  refusals: ['bot_not_found'],
  async handler({ params, owner, ...request }, { knex }) {
    const { id } = await requireBot(params.bot_id, { knex, owner });
    const trades = await listTrades(knex, { ...owner.rows, botId: id, ...filterOf(request.query) });
    return answer(200, trades.map(presentTrade));
  },
});

export const tradeRoutes = [all, ofBot];
