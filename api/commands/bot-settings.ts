import { Decimal, type Amount } from '../../bots/money.ts';
import { strategyNamed } from '../../bots/strategies/index.ts';
import { faultsOf, type Fault } from '../validation.ts';
import { toSnakeCase } from './bot-columns.ts';

/** What a person decides about a bot. */
export interface BotSettings {
  strategy: string;
  /** `BASE/QUOTE`. */
  ticker: string;
  exchange: string;
  /** As the strategy's schema reads them. */
  parameters: Record<string, unknown>;
  protections: Record<string, unknown>;
}

const TICKER = /^[A-Z0-9]{1,10}\/[A-Z0-9]{1,9}$/;

/** The settings put in order, and every rule they break. Fit to be stored where there are no faults. */
export function checkSettings(
  sent: BotSettings,
  tradeAmount: { least: Amount; most: Amount },
): { settings: BotSettings; faults: Fault[] } {
  const strategy = strategyNamed(sent.strategy);
  if (!strategy) throw new Error(`There is no strategy named "${sent.strategy}"`);
  const isPingPong = strategy.name === 'ping-pong';
  const ticker = sent.ticker.toUpperCase();
  const read = strategy.parameters.safeParse(sent.parameters);
  const base = isPingPong ? [] : ['parameters'];
  const faults = [
    ...(TICKER.test(ticker) ? [] : [broken('ticker', 'Must be a pair such as BTC/USDT')]),
    ...amountFaults(sent.parameters['quantity'], [...base, 'quantity'].join('.'), tradeAmount),
    ...(read.success
      ? []
      : read.error.issues.flatMap((issue) => faultsOf(issue, 'body', sent.parameters, base))),
  ];
  const parameters = read.success ? (read.data as Record<string, unknown>) : sent.parameters;
  return {
    settings: { ...sent, ticker, parameters },
    faults: isPingPong ? faults.map(inContractWords) : faults,
  };
}

function amountFaults(
  quantity: unknown,
  field: string,
  { least, most }: { least: Amount; most: Amount },
): Fault[] {
  if (typeof quantity !== 'string' || !/^\d+(\.\d+)?$/.test(quantity)) return [];
  const isWithin = new Decimal(quantity).gte(least) && new Decimal(quantity).lte(most);
  return isWithin ? [] : [broken(field, `Must be between ${least} and ${most}`)];
}

function broken(field: string, message: string): Fault {
  return { field: { field, message } };
}

/** The scalper's parameters are fields of its contract: `sellPrice` is `sell_price` there. */
function inContractWords(fault: Fault): Fault {
  if (!('field' in fault)) return fault;
  const { field, message } = fault.field;
  return broken(toSnakeCase(field), message);
}
