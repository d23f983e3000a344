import type { BotChange } from '../../workflows/messages.ts';

type Columns = Pick<
  BotChange,
  | 'first_order'
  | 'quantity'
  | 'buy_price'
  | 'sell_price'
  | 'trailing_percent'
  | 'infinite_loop'
  | 'parameters'
>;

/** What a bot's row keeps of parameters that its strategy's schema has accepted: columns for ping-pong, else the JSON. */
export function columnsOf(strategy: string, parameters: Record<string, unknown>): Columns {
  if (strategy !== 'ping-pong') return { parameters };
  const named = Object.entries(parameters).map(([name, value]) => [toSnakeCase(name), value]);
  return Object.fromEntries(named) as Columns;
}

/** `sellPrice` -> `sell_price`. */
export function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
