import type { Form } from './form.ts';

/** `/ws` of the trading contract: bot-state, order and position events, amounts as texts. */
export const tradingForm: Form = {
  name: 'trading',
  tellsLogs: false,
  tellsSessions: false,
  needsBot: () => false,
  present: ({ type, payload }) => (/^(bot|order)\./.test(type) ? { type, data: payload } : null),
};
