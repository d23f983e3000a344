import type { PlaceIntent } from '../orders.ts';
import type { Reason } from '../strategy.ts';
import { cooldown } from './cooldown.ts';
import { dailyLoss } from './daily-loss.ts';
import { maxDrawdown } from './max-drawdown.ts';
import { maxPosition } from './max-position.ts';
import { minBalance } from './min-balance.ts';
import type { RiskFacts, Rule } from './rule.ts';
import { follow, type ProtectionState } from './state.ts';
import { stopLoss } from './stop-loss.ts';
import { takeProfit } from './take-profit.ts';

/** Every protection; the first that speaks is the one that is told. */
const RULES: readonly Rule[] = [
  maxDrawdown,
  stopLoss,
  takeProfit,
  dailyLoss,
  cooldown,
  maxPosition,
  minBalance,
];

/** True where a closing rule also ends the bot's run once it is flat. */
export function endsRun(closing: NonNullable<ProtectionState['closing']>): boolean {
  return closing.rule === maxDrawdown.name;
}

/** The state after this price: peak and day followed, and `closing` set by the first rule that is breached. */
export function watch(facts: RiskFacts): ProtectionState {
  const state = follow(facts.state, facts.settings, facts);
  if (state.closing) return state;
  for (const rule of RULES) {
    const detail = rule.breached?.({ ...facts, state });
    if (detail) return { ...state, closing: { rule: rule.name, detail, at: facts.at } };
  }
  return state;
}

/** Why an order that opens or adds may not be placed (`"max_position: ..."`), or null. */
export function refusal(facts: RiskFacts, intent: PlaceIntent): Reason | null {
  for (const rule of RULES) {
    const detail = rule.refuses?.(facts, intent);
    if (detail) return { code: rule.code ?? 'risk_refused', detail: `${rule.name}: ${detail}`, at: facts.at };
  }
  return null;
}
