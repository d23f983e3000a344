import { ExchangeError } from '../exchanges/port.ts';
import { readOrderPlace, type Dependencies } from './dependencies.ts';
import type { TradingActivities } from './types.ts';

/**
 * Takes an order back. Safe to repeat: an order that is gone already, filled or cancelled, is what `record` will find.
 */
export function createCancel(deps: Dependencies): TradingActivities['cancel'] {
  return async ({ botId, clientOrderId }) => {
    const { account, symbol } = await readOrderPlace(deps, { botId, clientOrderId });
    const exchange = await deps.openAccount(account);
    deps.step('cancel:begun', botId);
    try {
      await exchange.cancel({ symbol, clientOrderId });
    } catch (error) {
      if (!(error instanceof ExchangeError && error.code === 'unknown_order')) throw error;
    }
    deps.step('cancel:sent', botId);
  };
}
