import { z } from 'zod';
import { clearLogs, countLogs, insertLog, listLogs } from '../../../db/logs.ts';
import { requireBot } from '../../commands/require-bot.ts';
import { answer, route } from '../../route.ts';
import { count, page } from './fields.ts';
import { level, log, newLog } from './log-schemas.ts';
import { presentLog } from './present.ts';

const tag = 'Logs';

const list = route({
  method: 'get',
  path: '/logs/',
  policy: 'owner',
  tag,
  summary: 'List logs, newest first',
  query: z.object({ ...page, level: level.optional() }),
  responses: { 200: z.array(log) },
  async handler({ query, owner }, { knex }) {
    const { skip, limit } = query;
    const logs = await listLogs(knex, {
      ...owner.rows,
      skip,
      limit,
      ...(query.level && { level: query.level }),
    });
    return answer(200, logs.map(presentLog));
  },
});

const create = route({
  method: 'post',
  path: '/logs/',
  policy: 'owner',
  tag,
  summary: 'Write a log',
  body: newLog,
  examples: {
    log: { summary: 'A log of no bot', value: { level: 'INFO', message: 'Custom log message' } },
  },
  responses: { 201: log },
  refusals: ['bot_not_found'],
  async handler({ body, owner }, { knex }) {
    const { extra_data = null, ...fields } = body;
    if (fields.bot_id !== null) await requireBot(fields.bot_id, { knex, owner });
    return answer(201, presentLog(await insertLog(knex, { ...fields, extra_data, user_id: owner.id })));
  },
});

const clear = route({
  method: 'delete',
  path: '/logs/',
  policy: 'owner',
  tag,
  summary: 'Delete every log',
  responses: {
    200: z
      .strictObject({ message: z.string(), count })
      .meta({ id: 'LogsCleared', example: { message: 'All logs cleared', count: 13 } }),
  },
  async handler({ owner, log: serverLog }, { knex }) {
    const cleared = await clearLogs(knex, owner.rows);
    // The table is expected to be empty afterwards, so the trace is here.
    serverLog().warn({ owner: owner.id, count: cleared }, 'All logs cleared');
    return answer(200, { message: 'All logs cleared', count: cleared });
  },
});

const counts = route({
  method: 'get',
  path: '/logs/count',
  policy: 'owner',
  tag,
  summary: 'Count logs by level',
  responses: {
    200: z
      .strictObject({
        ...{ INFO: count, SUCCESS: count, WARNING: count, ERROR: count, TELEGRAM: count },
        total: count,
      })
      .meta({
        id: 'LogCounts',
        example: { INFO: 8, SUCCESS: 4, WARNING: 1, ERROR: 0, TELEGRAM: 0, total: 13 },
      }),
  },
  async handler({ owner }, { knex }) {
    return answer(200, await countLogs(knex, owner.rows));
  },
});

export const logRoutes = [list, create, clear, counts];
