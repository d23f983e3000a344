import { z } from 'zod';
import { findClaim, findLink } from '../../../db/telegram-links.ts';
import { confirmTelegram, requestLinkCode, unlinkTelegram } from '../../commands/link-telegram.ts';
import { callerContext } from '../../commands/context.ts';
import { answer, route } from '../../route.ts';
import { exactNumber, timestamp } from '../scalper/fields.ts';
import { message } from './schemas.ts';

const tag = 'Telegram';

/** Telegram's numbers have 52 bits at most. */
const telegramId = z.int().min(1).meta({ description: 'Their number at Telegram', example: 123_456_789 });

const confirmation = z
  .object({
    telegram_id: exactNumber.meta({ override: { type: 'integer', minimum: 1, example: 123_456_789 } }),
  })
  .superRefine(({ telegram_id: id }, { addIssue }) => {
    if (id.isInteger() && id.gte(1) && id.lte(Number.MAX_SAFE_INTEGER)) return;
    addIssue({ code: 'custom', path: ['telegram_id'], message: 'Must be the number of somebody who waits' });
  })
  .meta({ id: 'TelegramConfirmation' });

const person = { telegram_id: telegramId, name: z.string().meta({ description: 'As they call themselves' }) };
const link = z.strictObject({ ...person, linked_at: timestamp }).meta({ id: 'TelegramLink' });
const claim = z.strictObject(person).meta({ id: 'TelegramClaim' });

const request = route({
  method: 'post',
  path: '/account/telegram/link',
  policy: 'signed-in',
  stepUp: true,
  tag,
  summary: 'A code for the bot, by which it knows you',
  description:
    'Send it to the bot within 10 minutes, as it is or by opening `url`, then confirm with POST /account/telegram/confirm that it was you. A code asked for before is good no longer.',
  responses: {
    200: z
      .strictObject({
        code: z.string().meta({ example: '7K3M-X9QW-T2VH' }),
        expires_at: timestamp,
        url: z.string().nullable().meta({ example: 'https://t.me/perpetua_bot?start=7K3M-X9QW-T2VH' }),
      })
      .meta({ id: 'TelegramLinkCode' }),
  },
  async handler({ caller }, dependencies) {
    const { code, expiresAt, url } = await requestLinkCode(caller, dependencies);
    return answer(200, { code, expires_at: expiresAt.toISOString(), url });
  },
});

const read = route({
  method: 'get',
  path: '/account/telegram',
  policy: 'signed-in',
  tag,
  summary: 'Who you are on Telegram, and who has sent your code',
  responses: {
    200: z.strictObject({ link: link.nullable(), waiting: claim.nullable() }).meta({ id: 'Telegram' }),
  },
  async handler({ caller: { userId } }, { knex, identity }) {
    const [linked, waiting] = await Promise.all([
      findLink(knex, userId),
      findClaim(knex, userId, identity.now()),
    ]);
    return answer(200, {
      link: linked
        ? {
            ...{ telegram_id: linked.telegram_id, name: linked.name },
            linked_at: linked.linked_at.toISOString(),
          }
        : null,
      waiting: waiting && { telegram_id: waiting.id, name: waiting.name },
    });
  },
});

const confirm = route({
  method: 'post',
  path: '/account/telegram/confirm',
  policy: 'signed-in',
  stepUp: true,
  tag,
  summary: 'It was you who sent the code: that person acts for you from now on',
  description:
    'In the place of whoever did before; who acts for another account has to be unlinked from it first. Send the number that GET /account/telegram shows as waiting.',
  body: confirmation,
  examples: { confirm: { summary: 'Who waits', value: { telegram_id: 123_456_789 } } },
  responses: { 200: link },
  refusals: ['telegram_not_waiting'],
  async handler({ body, ...asked }, dependencies) {
    const { telegram_id, name, linked_at } = await confirmTelegram(
      body.telegram_id.toNumber(),
      asked.caller,
      callerContext(asked, dependencies),
    );
    return answer(200, { telegram_id, name, linked_at: linked_at.toISOString() });
  },
});

const unlink = route({
  method: 'delete',
  path: '/account/telegram',
  policy: 'signed-in',
  tag,
  summary: 'Nobody on Telegram acts for you any more',
  responses: { 200: message },
  refusals: ['telegram_not_linked'],
  async handler({ caller, client: { address } }, { knex }) {
    await unlinkTelegram(caller.userId, { knex, address });
    return answer(200, { message: 'The chat is not linked any more' });
  },
});

export const telegramRoutes = [request, read, confirm, unlink];
