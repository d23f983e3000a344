import { z } from 'zod';
import { KINDS, NOTIFICATION_LEVELS } from '../../../db/notification-kinds.ts';
import {
  changeNotificationSettings,
  kindsFor,
  readNotificationSettings,
  type NotificationSettings,
} from '../../../db/notification-settings.ts';
import type { Role } from '../../../db/models/user.ts';
import { answer, route } from '../../route.ts';

const tag = 'Account';

const level = z.enum(NOTIFICATION_LEVELS).meta({ description: 'silent: arrives without a sound' });
const kinds = Object.fromEntries(KINDS.map((kind) => [kind, level.optional()]));
const settings = z.strictObject(kinds).meta({ id: 'NotificationSettings' });
const change = z.object(kinds).meta({ id: 'NotificationSettingsChange' });

const read = route({
  method: 'get',
  path: '/account/notifications',
  policy: 'signed-in',
  tag,
  summary: 'What you are told of by Telegram, by kind',
  responses: { 200: settings },
  async handler({ caller }, { knex }) {
    return answer(200, ofRole(caller.role, await readNotificationSettings(knex, caller.userId)));
  },
});

const put = route({
  method: 'put',
  path: '/account/notifications',
  policy: 'signed-in',
  tag,
  summary: 'Change what you are told of by Telegram; what is left out stays',
  body: change,
  examples: { change: { summary: 'Fills silently', value: { order_filled: 'silent' } } },
  responses: { 200: settings },
  async handler({ body, caller: { userId, role } }, { knex }) {
    await changeNotificationSettings(knex, userId, ofRole(role, body));
    return answer(200, ofRole(role, await readNotificationSettings(knex, userId)));
  },
});

/** Those that somebody of that role is told of. */
function ofRole(role: Role, all: NotificationSettings): NotificationSettings {
  const own = kindsFor(role);
  return Object.fromEntries(own.flatMap((kind) => (all[kind] ? [[kind, all[kind]]] : [])));
}

export const notificationRoutes = [read, put];
