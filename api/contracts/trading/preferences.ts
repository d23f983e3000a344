import { z } from 'zod';
import { changePreferences, readPreferences } from '../../../db/preferences.ts';
import { timeZoneNamed } from '../../commands/time-zone.ts';
import { answer, route } from '../../route.ts';

const tag = 'Account';

const language = z.enum(['en', 'ko']).nullable().meta({ description: 'null: the one your Telegram speaks' });

const preferences = z
  .strictObject({ time_zone: z.string().meta({ example: 'Asia/Seoul' }), language })
  .meta({ id: 'Preferences' });

/** What is left out stays as it is. */
const change = z
  .object({
    time_zone: z
      .string()
      .transform((name, { addIssue }) => {
        const known = timeZoneNamed(name);
        if (known === null) addIssue({ code: 'custom', message: 'Must be a time zone such as Asia/Seoul' });
        return known ?? z.NEVER;
      })
      .meta({ override: { type: 'string', example: 'Asia/Seoul' } })
      .optional(),
    language: language.optional(),
  })
  .meta({ id: 'PreferencesChange' });

const read = route({
  method: 'get',
  path: '/account/preferences',
  policy: 'signed-in',
  tag,
  summary: 'In which language and time zone you are told things',
  responses: { 200: preferences },
  async handler({ caller }, { knex }) {
    return answer(200, await readPreferences(knex, caller.userId));
  },
});

const put = route({
  method: 'put',
  path: '/account/preferences',
  policy: 'signed-in',
  tag,
  summary: 'Change in which language and time zone you are told things',
  description: 'Your days begin at midnight there, and so do those that Telegram and the daily digest count.',
  body: change,
  examples: { korea: { summary: 'Both', value: { time_zone: 'Asia/Seoul', language: 'ko' } } },
  responses: { 200: preferences },
  async handler({ body: { time_zone, language: chosen }, caller }, { knex }) {
    const changed = {
      ...(time_zone !== undefined && { time_zone }),
      ...(chosen !== undefined && { language: chosen }),
    };
    return answer(200, await changePreferences(knex, caller.userId, changed));
  },
});

export const preferenceRoutes = [read, put];
