import { z } from 'zod';
import { LOG_LEVELS } from '../../../db/models/activity-log.ts';
import { toPlain } from '../../json.ts';
import { LOG } from './examples.ts';
import { textUpTo, timestamp, uuid } from './fields.ts';

export const level = z.enum(LOG_LEVELS).meta({ example: 'INFO' });

/** A log as every answer shows it. */
export const log = z
  .strictObject({ id: uuid, bot_id: uuid.nullable(), level, message: z.string(), timestamp })
  .meta({ id: 'Log', example: LOG });

/** A log as a request sends it. */
export const newLog = z
  .object({
    bot_id: uuid.nullable().default(null),
    level,
    message: textUpTo(500).meta({ example: 'Custom log message' }),
    extra_data: z.preprocess(toPlain, z.record(z.string(), z.unknown()).nullable()).optional().meta({
      description: 'Anything to be kept beside it; not answered',
    }),
  })
  .meta({ id: 'NewLog' });
