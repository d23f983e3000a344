import type { BotContext, Verdict } from '../../bots/decide.ts';
import type { WatchFacts } from './facts.ts';

/** True where what is free on the account decides what the bot may do; else nobody reads it. */
export function needsFree({ view }: Pick<WatchFacts, 'view'>): boolean {
  return view.settings.protections.minBalance !== undefined;
}

/** Free base and quote of the bot's market, as the venue says now. */
export async function readFree({ reads, exchange, view, market }: WatchFacts): Promise<BotContext['free']> {
  const balances = await reads.balances(exchange, view.account.id);
  const of = (asset: string) => balances.find((balance) => balance.asset === asset)?.free ?? '0';
  return { base: of(market.base), quote: of(market.quote) };
}

/** True where a verdict hangs on what is free: it opens something, or says that the funds are lacking. An exit waits for nothing. */
export function hangsOnFree({ intents, halt }: Verdict): boolean {
  if (halt) return halt.code === 'insufficient_funds';
  return intents.some((intent) => intent.kind === 'place' && !intent.reduceOnly);
}
