import { Decimal } from './money.ts';
import { waiting } from './closing.ts';
import type { CancelIntent, Intent, OwnOrder, PlaceIntent } from './orders.ts';
import { roundToMarket } from './precision.ts';
import { refusal } from './protections/index.ts';
import type { RiskFacts } from './protections/rule.ts';
import { reduces, reducible } from './reducing.ts';
import type { Mode, Reason } from './strategy.ts';

export type HaltCode = 'below_minimum' | 'insufficient_funds' | 'max_drawdown';

/** Why a bot cannot go on by itself; the message says what to do. */
export interface Halt {
  code: HaltCode;
  message: string;
}

export interface Legal {
  intents: Intent[];
  reasons: Reason[];
  halt: Halt | null;
}

type Ruling = { intent: PlaceIntent } | { reason: Reason } | { halt: Halt };

/**
 * What of a strategy's intents may be done: one order a leg; rounded and above the minimum; no more closed than is
 * held; nothing opened while paused or against a protection. Paused, orders that would open are taken back as well.
 */
export function legalise(
  intents: readonly Intent[],
  mode: Mode,
  facts: RiskFacts,
  orders: readonly OwnOrder[],
): Legal {
  const legal: Legal = { intents: cancels(intents, mode, facts, orders), reasons: [], halt: null };
  let committed: RiskFacts['orders'] = orders;
  for (const intent of intents) {
    if (intent.kind === 'cancel') continue;
    const taken = orders.find((order) => order.leg === intent.leg);
    const ruling = taken
      ? { reason: waiting(taken, facts.at) }
      : rule(intent, mode, { ...facts, orders: committed });
    if ('halt' in ruling) return { ...legal, intents: legal.intents.filter(isCancel), halt: ruling.halt };
    if ('reason' in ruling) legal.reasons.push(ruling.reason);
    else {
      legal.intents.push(ruling.intent);
      committed = [...committed, { ...ruling.intent, filled: '0' }];
    }
  }
  return legal;
}

function cancels(
  intents: readonly Intent[],
  mode: Mode,
  { position }: RiskFacts,
  orders: readonly OwnOrder[],
): CancelIntent[] {
  const wanted = new Set(intents.filter(isCancel).map((intent) => intent.clientOrderId));
  return orders
    .filter((order) => order.status === 'OPEN')
    .filter(
      (order) => wanted.has(order.clientOrderId) || (mode === 'PAUSED' && !reduces(order.side, position)),
    )
    .map(({ clientOrderId }) => ({ kind: 'cancel', clientOrderId }));
}

function rule(intent: PlaceIntent, mode: Mode, facts: RiskFacts): Ruling {
  const { side, reduceOnly } = intent;
  return reduceOnly || reduces(side, facts.position)
    ? ruleClosing(intent, facts)
    : ruleOpening(intent, mode, facts);
}

function ruleClosing(intent: PlaceIntent, facts: RiskFacts): Ruling {
  const most = reducible(intent.side, facts.position, facts.orders);
  const quantity = Decimal.min(intent.quantity, most).toFixed();
  const rounded = roundToMarket({ ...intent, quantity, reduceOnly: true }, facts.market, facts.price);
  if (rounded.ok) return { intent: rounded.intent };
  return { reason: { code: 'below_minimum', detail: rounded.message, at: facts.at } };
}

function ruleOpening(intent: PlaceIntent, mode: Mode, facts: RiskFacts): Ruling {
  if (mode === 'PAUSED') {
    return { reason: { code: 'paused', detail: `Paused: no ${intent.side} order is opened.`, at: facts.at } };
  }
  const rounded = roundToMarket(intent, facts.market, facts.price);
  if (!rounded.ok) return { halt: { code: rounded.code, message: rounded.message } };
  const reason = refusal(facts, rounded.intent);
  if (reason) return { reason };
  const lacking = lackingBase(rounded.intent, facts);
  return lacking ? { halt: lacking } : rounded;
}

/** An opening sale needs the base on the account: there is nothing to be sold short. */
function lackingBase({ side, quantity }: PlaceIntent, { free, market }: RiskFacts): Halt | null {
  if (side === 'BUY' || !free || new Decimal(quantity).lte(free.base)) return null;
  return {
    code: 'insufficient_funds',
    message: `Selling ${quantity} ${market.base} needs as much on the account; ${free.base} is free. Deposit ${market.base} or lower the quantity.`,
  };
}

function isCancel(intent: Intent): intent is CancelIntent {
  return intent.kind === 'cancel';
}
