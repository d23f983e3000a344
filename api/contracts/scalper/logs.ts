import { z } from 'zod';
import { clearLogs, countLogs, insertLog, listLogs } from '../../../db/logs.ts';
import { LOG_LEVELS } from '../../../db/models/activity-log.ts';
import { requireBot } from '../../commands/require-bot.ts';
import { toPlain } from '../../json.ts';
import { answer, route } from '../../route.ts';
import { page, textUpTo, timestamp, uuid } from './fields.ts';
import { presentLog } from './present.ts';

const tag = 'Logs';
const level = z.enum(LOG_LEVELS);

export const log = z
  .strictObject({ id: uuid, bot_id: uuid.nullable(), level, message: z.string(), timestamp })
  .meta({ id: 'Log' });

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
  body: z
    .object({
      bot_id: uuid.nullable().default(null),
      level,
      message: textUpTo(500).meta({ example: 'Custom log message' }),
      extra_data: z.preprocess(toPlain, z.record(z.string(), z.unknown()).nullable()).optional().meta({
        description: 'Anything to be kept beside it; not answered',
      }),
    })
    .meta({ id: 'NewLog' }),
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
  responses: { 200: z.strictObject({ message: z.string(), count: z.int() }).meta({ id: 'LogsCleared' }) },
  async handler({ owner, log: serverLog }, { knex }) {
    const count = await clearLogs(knex, owner.rows);
    // The table is expected to be empty afterwards, so the trace is here.
    serverLog().warn({ owner: owner.id, count }, 'All logs cleared');
    return answer(200, { message: 'All logs cleared', count });
  },
});

const count = route({
  method: 'get',
  path: '/logs/count',
  policy: 'owner',
  tag,
  summary: 'Count logs by level',
  responses: {
    200: z
      .strictObject({
        ...{ INFO: z.int(), SUCCESS: z.int(), WARNING: z.int(), ERROR: z.int(), TELEGRAM: z.int() },
        total: z.int(),
      })
      .meta({ id: 'LogCounts' }),
  },
  async handler({ owner }, { knex }) {
    return answer(200, await countLogs(knex, owner.rows));
  },
});

export const logRoutes = [list, create, clear, count];
