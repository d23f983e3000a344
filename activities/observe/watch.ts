import { Context as ActivityContext } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { Verdict } from '../../bots/decide.ts';
import type { MarketEvent, Mode } from '../../bots/strategy.ts';
import { readEngagedSwitch } from '../../db/kill-switch.ts';
import type { AccountEvent, MarketEvent as VenueEvent } from '../../exchanges/port.ts';
import type { BotView } from '../bot-view.ts';
import type { Observation, ObserveInput } from '../types.ts';
import { begin } from './begin.ts';
import type { WatchFacts } from './facts.ts';
import { hangsOnFree, needsFree, readFree } from './free-balance.ts';
import { createMind, type Mind } from './mind.ts';
import { outlived } from './outlived.ts';
import { ADOPTED_LEG } from './reconcile.ts';
import { createSessionStore, type SessionStore } from './session-store.ts';
import { createTicks } from './ticks.ts';

/** A bot thinks at most this often, however often its market moves; extremes in between are not lost. */
const THINK_EVERY_MS = 200;
const SAVE_EVERY_MS = 2_000;
/** A changed reason is told to the workflow at most this often: its history grows by decisions, not by ticks. */
const TELL_REASON_MS = 300_000;
/** While a kill switch holds an order back, it is looked at again this often. */
const KILL_SWITCH_MS = 1_000;
/** Where the free balance forbids something, it is looked at again this often: others use the account too. */
const FREE_MS = 60_000;

/** Thinks about every event of market and account until there is something to do, then tells what. */
export async function watch(facts: WatchFacts): Promise<Observation> {
  return new Watch(facts).run();
}

class Watch {
  readonly #facts: WatchFacts;
  readonly #mind: Mind;
  readonly #store: SessionStore;
  readonly #outcome: Promise<Observation>;
  #end!: (observation: Observation) => void;
  #fail!: (error: unknown) => void;
  /** What the market said before the first decision; null once it is made. */
  #early: VenueEvent[] | null = [];
  #heldUntil = 0;
  /** The comparison with the venue that is under way, or the last one. */
  #comparison = Promise.resolve();
  /** The free balance is being read for a verdict that hangs on it. */
  #weighing = false;
  /** What ends the watch is being written, or has been told: the first that comes does it, all else would write it again. */
  #told = false;
  readonly #underWay = new Set<Promise<void>>();

  constructor(facts: WatchFacts) {
    this.#facts = facts;
    this.#mind = createMind(facts.view, facts.market, modeOf(facts.view, facts.input));
    this.#store = createSessionStore(facts, this.#mind);
    this.#outcome = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    // A listener may fail before `run` awaits the outcome: that is no unhandled rejection.
    this.#outcome.catch(() => undefined);
  }

  async run(): Promise<Observation> {
    const { view, unsure } = this.#facts;
    const stops = this.#listen();
    try {
      // Listening comes first: what happens during the comparison is heard.
      if (unsure) await this.#compare();
      const adopted = view.orders.filter((order) => order.leg === ADOPTED_LEG && order.status === 'OPEN');
      if (adopted.length > 0)
        this.#tell({ intents: adopted.map(({ clientOrderId }) => ({ kind: 'cancel', clientOrderId })) });
      else if (!this.#told) await this.#begin();
      return await this.#outcome;
    } finally {
      this.#facts.gaps.open(view.bot.id, this.#facts.exchange, view.bot.ticker);
      for (const stop of stops) stop();
      await Promise.allSettled(this.#underWay);
    }
  }

  #listen(): (() => void)[] {
    const { deps, exchange, gaps, view, over } = this.#facts;
    for (const { price, at } of gaps.close(view.bot.id)) this.#early?.push({ type: 'trade', price, at });
    const { settings, bot } = view;
    const timeframe = settings.strategy.candles(settings.parameters)?.timeframe ?? null;
    const ticks = createTicks(THINK_EVERY_MS, ({ price, at }) => this.#think({ type: 'tick', price, at }));
    return [
      exchange.watchMarket(bot.ticker, timeframe, (event) => {
        if (this.#early) this.#early.push(event);
        else if (event.type !== 'trade') this.#onMarket(event);
        else if (this.#counts(event)) ticks.push(event);
      }),
      exchange.watchAccount(bot.ticker, (event) => this.#onAccount(event)),
      every(jittered(deps.timing.reconcileEvery), () => this.#guard(this.#compare())),
      every(SAVE_EVERY_MS, () => this.#guard(this.#store.saveIfDue())),
      every(KILL_SWITCH_MS, () => this.#retryHeld()),
      every(jittered(FREE_MS), () => this.#guard(this.#refreshFree())),
      onAbort(ActivityContext.current().cancellationSignal, () =>
        this.#fail(new CancelledFailure('The watch was called off')),
      ),
      // Nobody has asked for this one to be cancelled: it must not look as if somebody had.
      onAbort(over, () => this.#fail(outlived())),
      ticks.close,
    ];
  }

  async #begin(): Promise<void> {
    const { price, at, missed } = await begin(this.#facts, this.#mind);
    await this.#facts.begun();
    const early = this.#early ?? [];
    this.#early = null;
    const heard = early.filter((event) => event.type === 'trade').filter((trade) => this.#counts(trade));
    // The price that was read takes its place among those heard meanwhile: an older one after it would look like a turn.
    const [first, ...later] = [...heard, { price, at }].sort((a, b) => a.at - b.at);
    this.#think({ type: 'begin', price: first!.price, at: first!.at, missed });
    for (const tick of later) this.#think({ type: 'tick', price: tick.price, at: tick.at });
    for (const event of early) if (event.type !== 'trade') this.#onMarket(event);
  }

  /** A price from before the last own fill is none that the position has seen: it neither trails nor sets off a stop. */
  #counts({ at }: { at: number }): boolean {
    const { lastFillAt } = this.#facts;
    return lastFillAt === null || at >= lastFillAt;
  }

  #onMarket(event: VenueEvent): void {
    const now = this.#facts.deps.now();
    if (event.type === 'candle') {
      if (!this.#mind.append(event.candle)) return;
      this.#think({ type: 'candle', price: String(event.candle.close), at: now });
    } else if (event.type === 'stale')
      this.#mind.note({
        code: 'stale_market_data',
        detail: `nothing heard from ${this.#facts.view.bot.exchange}`,
        at: now,
      });
  }

  #onAccount(event: AccountEvent): void {
    if (event.type === 'reconnected') return this.#guard(this.#compare());
    const own = this.#facts.view.orders.find((order) => order.clientOrderId === event.clientOrderId);
    if (own?.status !== 'OPEN') return;
    if (event.status !== 'OPEN' || event.filled !== own.filled)
      this.#tell({ changed: [event.clientOrderId] });
  }

  /** Nothing decided meanwhile is told before the comparison has found that nothing changed. */
  #compare(): Promise<void> {
    return (this.#comparison = this.#comparison.then(async () => {
      const changed = await this.#facts.check();
      if (changed.length > 0) this.#tell({ changed });
    }));
  }

  #think(event: MarketEvent): void {
    if (this.#facts.deps.now() < this.#heldUntil) return;
    const verdict = this.#mind.consider(event);
    if (needsFree(this.#facts) && hangsOnFree(verdict)) this.#guard(this.#weigh(event));
    else this.#guard(this.#conclude(verdict));
  }

  /** Decides again with what is free now. */
  async #weigh(event: MarketEvent): Promise<void> {
    if (this.#weighing) return;
    this.#weighing = true;
    try {
      this.#mind.free = await readFree(this.#facts);
      await this.#conclude(this.#mind.consider(event));
    } finally {
      this.#weighing = false;
    }
  }

  async #refreshFree(): Promise<void> {
    const { price } = this.#mind;
    if (price === null || !needsFree(this.#facts)) return;
    this.#mind.free = await readFree(this.#facts);
    this.#think({ type: 'tick', price, at: this.#facts.deps.now() });
  }

  async #conclude({ intents, done, halt }: Verdict): Promise<void> {
    if (intents.length === 0 && !done && !halt) return this.#tellReason();
    await this.#comparison;
    if (intents.some((intent) => intent.kind === 'place') && (await this.#isHeld())) return;
    if (this.#told) return;
    this.#told = true;
    await this.#store.save();
    this.#tell({ intents, done, halt });
  }

  async #tellReason(): Promise<void> {
    const { deps, input } = this.#facts;
    const newest = this.#mind.reasons[0]?.code ?? null;
    if (this.#told || newest === input.lastReason || deps.now() - input.reasonsAt < TELL_REASON_MS) return;
    this.#told = true;
    await this.#store.save();
    this.#tell({});
  }

  /** The fence that counts is read where an intent is committed; this one keeps the workflow from trying in vain. */
  async #isHeld(): Promise<boolean> {
    const { deps, view } = this.#facts;
    const scope = { accountId: view.account.id, botId: view.bot.id };
    const engaged = await deps.knex.transaction((tx) => readEngagedSwitch(tx, scope));
    if (!engaged) return false;
    const at = deps.now();
    this.#heldUntil = at + KILL_SWITCH_MS;
    this.#mind.note({
      code: 'kill_switch',
      detail: engaged.reason ?? `the ${engaged.scope} kill switch`,
      at,
    });
    return true;
  }

  #retryHeld(): void {
    const { price } = this.#mind;
    const at = this.#facts.deps.now();
    if (this.#heldUntil === 0 || at < this.#heldUntil || price === null) return;
    this.#heldUntil = 0;
    this.#think({ type: 'tick', price, at });
  }

  #tell(rest: Partial<Observation>): void {
    const { reasons, price } = this.#mind;
    const at = this.#facts.deps.now();
    this.#told = true;
    this.#end({ changed: [], intents: [], done: false, halt: null, ...rest, reasons, price, at });
  }

  #guard(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.catch(this.#fail).finally(() => this.#underWay.delete(work));
  }
}

/** Paused comes first: a cycle that was being finished goes on being finished once the bot is resumed. */
function modeOf({ bot }: BotView, { finishing }: ObserveInput): Mode {
  if (bot.status === 'PAUSED') return 'PAUSED';
  return finishing ? 'FINISHING' : 'ACTIVE';
}

function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms);
  return () => clearInterval(timer);
}

/** Spreads what every bot does at the same interval. */
function jittered(ms: number): number {
  return ms * (0.8 + Math.random() * 0.4);
}

function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) listener();
  signal.addEventListener('abort', listener);
  return () => signal.removeEventListener('abort', listener);
}
