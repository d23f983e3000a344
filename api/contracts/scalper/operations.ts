import { z } from 'zod';
import { EVERYBODY, listBots } from '../../../db/bots.ts';
import { operateBot, type Operation } from '../../commands/operate-bot.ts';
import { everybody } from '../../policies.ts';
import { answer, route } from '../../route.ts';
import { operatedBot, STATUSES } from './bot-schemas.ts';
import { botPath, page } from './fields.ts';
import { presentOperatedBot } from './present.ts';

const tag = 'Operations';

const list = route({
  method: 'get',
  path: '/ops/bots/',
  policy: 'ops',
  tag,
  summary: "List everybody's bots, newest first",
  description: 'How they are, and nothing of what they trade for or what they earn.',
  query: z.object({ ...page, status: z.enum(STATUSES).optional() }),
  responses: { 200: z.array(operatedBot) },
  async handler({ query }, { knex }) {
    const { skip, limit, status } = query;
    const bots = await listBots(knex, { userId: EVERYBODY, skip, limit, ...(status && { status }) });
    return answer(200, bots.map(presentOperatedBot));
  },
});

const operation = (name: Operation, summary: string, description: string) =>
  route({
    method: 'post',
    path: `/ops/bots/{bot_id}/${name}`,
    policy: 'ops',
    tag,
    summary,
    description,
    params: botPath,
    responses: { 200: operatedBot },
    refusals: ['bot_not_found', 'command_refused', 'unavailable'],
    async handler({ params, caller, log }, dependencies) {
      const everything = { ...dependencies, owner: everybody(dependencies), log: log() };
      const context = { ...everything, by: caller.userId };
      return answer(200, presentOperatedBot(await operateBot(params.bot_id, name, context)));
    },
  });

export const operationRoutes = [
  list,
  operation(
    'pause',
    "Pause anybody's bot",
    'It opens nothing more. Its owner is told, and alone may resume it: what must not go on is held by the kill switch.',
  ),
  operation('stop', "Stop anybody's bot", 'The waiting order is cancelled; the position is always kept.'),
];
