import type { Bot } from './bot.ts';
import { closeOut } from './closing.ts';
import { legalise, type Halt } from './legality.ts';
import type { Intent } from './orders.ts';
import { closeDust, type Position } from './position.ts';
import { endsRun, watch } from './protections/index.ts';
import type { RiskFacts } from './protections/rule.ts';
import type { SessionState } from './session.ts';
import type { Context, MarketEvent, Reason } from './strategy.ts';

export type { Halt } from './legality.ts';

/** What a bot is told of its surroundings: a strategy's context without the parameters, which the bot has. */
export type BotContext = Omit<Context<unknown>, 'parameters'>;

export interface Verdict {
  /** To be stored before the intents are acted on. */
  session: SessionState;
  /** The same object as `context.position`, or a new one with a rest booked as dust: store it with the session. */
  position: Position;
  /** Cancels first. Every order is rounded, above the venue's minimum, and closes no more than the bot holds. */
  intents: Intent[];
  /** Why nothing, or less than wanted, is to be done. */
  reasons: Reason[];
  /** True when the bot has done what it was made for: it stops. */
  done: boolean;
  /** Set where a person has to change something first: the bot goes to ERROR with this message. */
  halt: Halt | null;
}

/**
 * One decision of one bot: its protections, then its strategy, then what the venue and the mode allow. Pure and
 * level-triggered: asked again with the session it answered it says the same, so a lost answer is asked for again.
 */
export function decide(bot: Bot, session: SessionState, event: MarketEvent, context: BotContext): Verdict {
  if (session.done) return verdict(session, context.position, { done: true });
  const protections = watch(riskFacts(bot, session, event, context));
  const watched = { ...session, protections };
  const { closing } = protections;
  if (!closing) return trade(bot, watched, event, context);

  const { market, position, orders } = context;
  const cycle = bot.strategy.cycle(session.strategy);
  const step = closeOut(position, { market, price: event.price, orders, cycle, at: event.at });
  if (step) {
    const why: Reason = {
      code: 'protective_exit',
      detail: `${closing.rule}: ${closing.detail}`,
      at: closing.at,
    };
    return verdict(watched, position, { ...step, reasons: [why, ...step.reasons] });
  }
  const flat = closeDust(position, market, event.price);
  if (endsRun(closing)) return verdict(watched, flat, { halt: endOfRun(closing.detail) });
  const released = { ...watched, protections: { ...protections, closing: null } };
  return decide(bot, released, event, { ...context, position: flat });
}

/** The strategy's own decision, held to what is legal. Dust it books changes what protections see: then all is asked anew. */
function trade(bot: Bot, session: SessionState, event: MarketEvent, context: BotContext): Verdict {
  const { state, position, intents, reasons, done } = bot.strategy.decide(session.strategy, event, {
    ...context,
    parameters: bot.parameters,
  });
  const after = { ...session, strategy: state, done };
  if (position !== context.position) return decide(bot, after, event, { ...context, position });
  const legal = legalise(intents, context.mode, riskFacts(bot, after, event, context), context.orders);
  return verdict(after, position, { ...legal, reasons: [...reasons, ...legal.reasons], done });
}

function riskFacts(bot: Bot, session: SessionState, event: MarketEvent, context: BotContext): RiskFacts {
  const { market, position, orders, free } = context;
  const { price, at } = event;
  return { settings: bot.protections, state: session.protections, market, position, orders, price, at, free };
}

function endOfRun(detail: string): Halt {
  return {
    code: 'max_drawdown',
    message: `Stopped by the maximum drawdown: ${detail} The position is closed. Check the strategy; starting the bot measures anew.`,
  };
}

function verdict(session: SessionState, position: Position, rest: Partial<Verdict>): Verdict {
  return { intents: [], reasons: [], done: false, halt: null, ...rest, session, position };
}
