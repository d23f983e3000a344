import { changeRiskLimits, readRiskLimits } from '../../../db/risk-settings.ts';
import { readBalance } from '../../commands/read-balance.ts';
import { answer, route } from '../../route.ts';
import { presentBalance } from './account-present.ts';
import { balance, balanceQuery, riskChange, riskSettings } from './account-schemas.ts';

const tag = 'Account';

const readAccountBalance = route({
  method: 'get',
  path: '/account/balance',
  policy: 'signed-in',
  tag,
  summary: 'What you have of USDT on an exchange',
  query: balanceQuery,
  responses: { 200: balance },
  refusals: ['keys_missing', 'keys_refused', 'exchange_failed', 'exchange_timeout'],
  async handler({ query, caller }, dependencies) {
    const asked = { exchange: query.exchange, currency: 'USDT' };
    return answer(200, presentBalance(await readBalance(asked, { ...dependencies, caller })));
  },
});

const readRiskSettings = route({
  method: 'get',
  path: '/account/risk-settings',
  policy: 'signed-in',
  tag,
  summary: 'What you allow your orders at most',
  responses: { 200: riskSettings },
  async handler({ caller }, { knex }) {
    return answer(200, await readRiskLimits(knex, caller.userId));
  },
});

const changeRiskSettings = route({
  method: 'put',
  path: '/account/risk-settings',
  policy: 'signed-in',
  tag,
  summary: 'Change what you allow your orders at most: from the next order on',
  body: riskChange,
  examples: { change: { summary: 'Both', value: { max_leverage: 20, max_positions: 3 } } },
  responses: { 200: riskSettings },
  async handler({ body, caller: { userId }, client: { address } }, { knex }) {
    const { max_leverage, max_positions } = body;
    const change = {
      ...(max_leverage && { max_leverage: max_leverage.toNumber() }),
      ...(max_positions && { max_positions: max_positions.toNumber() }),
    };
    return answer(200, await changeRiskLimits(knex, userId, change, { userId, address }));
  },
});

export const accountRoutes = [readAccountBalance, readRiskSettings, changeRiskSettings];
