import { z } from 'zod';
import { AUDIT_ACTIONS, type AuditAction } from '../../../db/audit-actions.ts';
import { listAuditLogs } from '../../../db/audit-log.ts';
import type { AuditLog } from '../../../db/models/audit-log.ts';
import { answer, route } from '../../route.ts';
import { skipAndLimit, timestamp, uuid } from '../scalper/fields.ts';

const actions = Object.keys(AUDIT_ACTIONS) as [AuditAction, ...AuditAction[]];

const action = z.enum(actions).meta({
  id: 'AuditAction',
  description: actions.map((name) => `\`${name}\`: ${AUDIT_ACTIONS[name]}`).join('. '),
});

const moment = z.iso
  .datetime({ offset: true, error: 'value is not a time such as 2024-01-01T10:00:00Z' })
  .transform((text) => new Date(text));

const query = z.object({
  user: uuid.optional().meta({ description: 'What this user did, and what was done to them' }),
  action: action.optional(),
  from: moment.optional().meta({ description: 'The first moment' }),
  to: moment.optional().meta({ description: 'The moment after the last' }),
  before: z
    .string()
    .regex(/^\d{1,15}$/, 'value is not the id of an entry')
    .transform(Number)
    .optional()
    .meta({ description: 'Entries written before the one with this id: the last of the list before' }),
  limit: skipAndLimit(500).limit,
});

const entry = z
  .strictObject({
    ...{ id: z.int(), user_id: uuid.nullable(), actor_ip: z.string().nullable() },
    ...{ action, target: z.string(), details: z.record(z.string(), z.unknown()), created_at: timestamp },
    chain: z.string().meta({ example: 'user/550e8400-e29b-41d4-a716-446655440000' }),
    number: z.int().meta({ description: 'Its place in the chain' }),
  })
  .meta({ id: 'AuditEntry' });

const list = route({
  method: 'get',
  path: '/admin/audit-logs',
  policy: 'admin',
  tag: 'Administration',
  summary: 'Who did what, newest first',
  description: '`npm run audit -- verify` tells whether anything of it was changed.',
  query,
  responses: { 200: z.array(entry) },
  async handler({ query: { user: userId, ...filter } }, { knex }) {
    return answer(200, (await listAuditLogs(knex, { userId, ...filter })).map(present));
  },
});

function present(row: AuditLog): z.input<typeof entry> {
  const { id, user_id, actor_ip, target, details, created_at, chain, number } = row;
  const who = { id, user_id, actor_ip, action: row.action };
  return { ...who, target, details, created_at: created_at.toISOString(), chain, number };
}

export const auditRoutes = [list];
