import { z } from 'zod';
import { BotSessionState } from '../../../db/models/bot-session-state.ts';
import { requireBot } from '../../commands/require-bot.ts';
import { answer, route } from '../../route.ts';
import { STATUSES } from './bot-schemas.ts';
import { WHY } from './examples.ts';
import { botPath, timestamp, uuid } from './fields.ts';

const why = route({
  method: 'get',
  path: '/bots/{bot_id}/why',
  policy: 'owner',
  tag: 'Bots',
  summary: 'Why the bot does not trade',
  description:
    'Its last reasons for placing no order, the price it saw, and the fault that stopped it, if one did.',
  params: botPath,
  responses: {
    200: z
      .strictObject({
        id: uuid,
        status: z.enum(STATUSES),
        finishing: z.boolean().meta({ description: 'True while it ends its last round' }),
        error: z.string().nullable(),
        last_price: z.number().nullable(),
        observed_at: timestamp.nullable(),
        reasons: z.array(
          z.strictObject({
            code: z.string().meta({ description: 'Stable', example: 'waiting_for_fill' }),
            detail: z.string().meta({ description: 'For people' }),
            at: timestamp,
          }),
        ),
      })
      .meta({ id: 'Why', example: WHY }),
  },
  refusals: ['bot_not_found'],
  async handler({ params, owner }, { knex }) {
    const { id, status, finishing, error } = await requireBot(params.bot_id, { knex, owner });
    const session = await BotSessionState.query(knex).findById(id);
    return answer(200, {
      ...{ id, status, finishing, error },
      last_price: session?.last_price ? Number(session.last_price) : null,
      observed_at: session?.observed_at?.toISOString() ?? null,
      reasons: (session?.reasons ?? []).map(({ code, detail, at }) => ({
        ...{ code, detail },
        at: new Date(at).toISOString(),
      })),
    });
  },
});

export const whyRoutes = [why];
