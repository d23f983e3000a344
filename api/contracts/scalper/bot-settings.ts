import type { Decimal } from '../../../bots/money.ts';
import type { BotSettings } from '../../commands/bot-settings.ts';
import type { SettingsChange } from '../../commands/change-bot.ts';
import type { BotChange, NewBot } from './bot-schemas.ts';

/** A new bot of the contract as the commands know it. */
export function settingsOf(body: NewBot): BotSettings {
  const { ticker, exchange, protections = {} } = body;
  const common = { ticker, exchange, protections };
  if ('parameters' in body) return { ...common, strategy: body.strategy, parameters: body.parameters };
  return { ...common, strategy: 'ping-pong', parameters: pingPongOf(body) };
}

export function changeOf({
  ticker,
  exchange,
  parameters = {},
  protections,
  ...scalper
}: BotChange): SettingsChange {
  return {
    ...(ticker !== undefined && { ticker }),
    ...(exchange !== undefined && { exchange }),
    ...(protections !== undefined && { protections }),
    pingPong: pingPongOf(scalper),
    parameters,
  };
}

type ScalperFields = Omit<BotChange, 'ticker' | 'exchange' | 'parameters' | 'protections'>;

function pingPongOf(fields: ScalperFields): Record<string, unknown> {
  const { first_order, quantity, buy_price, sell_price, trailing_percent, infinite_loop } = fields;
  const all = {
    firstOrder: first_order,
    quantity: digits(quantity),
    buyPrice: digits(buy_price),
    sellPrice: digits(sell_price),
    trailingPercent: digits(trailing_percent),
    infiniteLoop: infinite_loop,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Beyond 40 digits an exponent is kept: writing out 1e9000000 would be the sender's joke on us. */
function digits<T extends null | undefined>(value: Decimal | T): string | T {
  return value === null || value === undefined ? (value as T) : value.toString();
}
