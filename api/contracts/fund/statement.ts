import { z } from 'zod';
import { statement, statementRange } from '../../commands/statement.ts';
import { answer, route } from '../../route.ts';

const read = route({
  method: 'get',
  path: '/wallet/statement',
  policy: 'signed-in',
  tag: 'Wallet',
  summary: 'Your statement, as CSV',
  description:
    'What was yours before, a line for each entry, and what is yours after: the lines add up. `units` and `price` are of the fund; `owed` is money that waits for units, or to be paid.',
  query: statementRange,
  produces: 'text/csv; charset=utf-8; header=present',
  responses: { 200: z.string() },
  refusals: ['invalid_input'],
  async handler({ query: { from, to }, caller: { userId } }, { knex, settings }) {
    const { currency } = settings.fund;
    const text = await statement(knex, { userId, currency, from, to });
    return answer(200, text, { 'Content-Disposition': 'attachment; filename="statement.csv"' });
  },
});

export const statementRoutes = [read];
