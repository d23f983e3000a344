import { z } from 'zod';
import { listWithdrawals } from '../../../db/fund/withdrawal-lists.ts';
import { commandWithdrawal } from '../../commands/command-withdrawal.ts';
import { callerContext } from '../../commands/context.ts';
import { requestWithdrawal, tryWithdrawal } from '../../commands/request-withdrawal.ts';
import { invalidInput } from '../../errors.ts';
import { answer, route } from '../../route.ts';
import { atMost, data, leavingOut, success } from './fields.ts';
import { presentAssessment, presentWithdrawal } from './present-withdrawal.ts';
import { assessment, byId, EXAMPLES, payment, withdrawal } from './withdrawal-schemas.ts';

const tag = 'Withdrawals';

const request = route({
  method: 'post',
  path: '/wallet/withdraw-request',
  policy: 'signed-in',
  stepUp: true,
  tag,
  summary: 'Ask for a withdrawal',
  description:
    'Its units are locked, and it waits for approval. With a header `Idempotency-Key` (1 to 200 printable characters) the same request sent again is the same withdrawal.',
  body: payment,
  examples: { payment: EXAMPLES.payment },
  responses: { 201: data(withdrawal) },
  refusals: ['idempotency_key_reused'],
  async handler({ body, header, ...rest }, dependencies) {
    const context = callerContext(rest, dependencies);
    const key = keyOf(header('Idempotency-Key'));
    const asked = { ...body, tag: body.tag ?? null };
    return answer(201, {
      success,
      data: presentWithdrawal(await requestWithdrawal(asked, { ...context, key })),
    });
  },
});

const tryOut = route({
  method: 'post',
  path: '/wallet/withdraw-request/dry-run',
  policy: 'signed-in',
  tag,
  summary: 'What would become of a withdrawal, without asking for it',
  body: payment,
  examples: { payment: EXAMPLES.payment },
  responses: { 200: data(assessment) },
  async handler({ body, ...rest }, dependencies) {
    const asked = { ...body, tag: body.tag ?? null };
    const assessed = await tryWithdrawal(asked, callerContext(rest, dependencies));
    return answer(200, { success, data: presentAssessment(assessed) });
  },
});

const list = route({
  method: 'get',
  path: '/wallet/withdrawals',
  policy: 'signed-in',
  tag,
  summary: 'Your withdrawals, the newest first',
  query: z.object({ limit: atMost(500, 50), offset: leavingOut }),
  responses: { 200: data(z.array(withdrawal)) },
  async handler({ query, caller: { userId } }, { knex }) {
    const rows = await listWithdrawals(knex, { userId, ...query });
    return answer(200, { success, data: rows.map(presentWithdrawal) });
  },
});

const cancel = route({
  method: 'post',
  path: '/wallet/withdrawals/{id}/cancel',
  policy: 'signed-in',
  tag,
  summary: 'Take a withdrawal back',
  description: 'While it waits for approval, and while an approved one cools.',
  params: byId,
  responses: { 200: data(withdrawal) },
  refusals: ['withdrawal_not_found', 'command_refused'],
  async handler({ params, ...rest }, dependencies) {
    const context = callerContext(rest, dependencies);
    const cancelled = await commandWithdrawal(params.id, { name: 'cancel' }, context);
    return answer(200, { success, data: presentWithdrawal(cancelled) });
  },
});

/** Null where none is sent. */
function keyOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (/^[\x21-\x7e]{1,200}$/.test(header)) return header;
  throw invalidInput([
    { field: 'Idempotency-Key', message: 'Must be 1 to 200 printable characters without spaces' },
  ]);
}

export const withdrawalRoutes = [request, tryOut, list, cancel];
