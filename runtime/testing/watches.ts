import { MockActivityEnvironment } from '@temporalio/testing';
import type { Observation, ObserveInput } from '../../activities/types.ts';
import { clientOrderId } from '../../bots/ids.ts';
import { BotSessionState } from '../../db/models/bot-session-state.ts';
import { looseActivities, type LooseOptions } from './activities.ts';
import type { Scope } from './database.ts';
import { RESTING_BUY } from './orders.ts';
import { startStack, type Stack, type StackOptions } from './stack.ts';

export interface Watching {
  told: Promise<Observation>;
  /** What it failed with. */
  failed: Promise<unknown>;
  isOver(): boolean;
}

/** Watches without a workflow: as many of one bot as a test wants, in one process. */
export async function watchScene(
  t: Scope,
  options: LooseOptions = {},
  stackOptions: Pick<StackOptions, 'account'> = {},
  given?: Stack,
) {
  const stack = given ?? (await startStack(t, { worker: false, ...stackOptions }));
  const loose = await looseActivities(t, stack, options);
  const { knex, exchange, until } = stack;
  return {
    ...loose,
    stack,
    addBot: async (columns: Parameters<Stack['addBot']>[0]) => (await stack.addBot(columns)).botId,
    observe(botId: string, turn: number, more: Partial<ObserveInput> = {}, attempt = 1): Watching {
      const environment = new MockActivityEnvironment({ attempt });
      const input = {
        botId,
        turn,
        finishing: false,
        compare: false,
        ...QUIET,
        reasonsAt: Date.now(),
        ...more,
      };
      let over = false;
      const run: Promise<Observation> = environment.run(loose.watch.observe, input);
      const told = run.finally(() => (over = true));
      const failed = told.then(
        () => null,
        (error: unknown) => error,
      );
      t.teardown(async () => {
        environment.cancel();
        await failed;
      });
      return { told, failed, isOver: () => over };
    },
    /** The watch has had its first thought and has written it. */
    watching: (botId: string, turn: number) =>
      until('the bot to watch', () =>
        BotSessionState.query(knex).findOne({ bot_id: botId, turn }).whereNotNull('observed_at'),
      ),
    /** The price falls below the buy price and turns: a trailing bot buys. */
    turn(): void {
      for (const to of ['45000', '44000', '44500']) exchange.control.movePrice('BTCUSDT', to);
    },
    /** An order far below the market that no activity has placed. */
    async beside(botId: string, sequence: number): Promise<string> {
      const id = botId.includes('-') ? idOf(botId, sequence) : botId;
      const { side, type, quantity } = RESTING_BUY;
      const order = { symbol: 'BTC/USDT', clientOrderId: id, side, type, quantity, price: '20000' };
      await loose.exchange.place({ ...order, sendBefore: Date.now() + 60_000 });
      return id;
    },
  };
}

/** What the workflow knows already is not told again. */
const QUIET = { lastReason: 'no_signal' } as const;

/** The id of a bot's order of its first cycle. */
export function idOf(botId: string, sequence: number): string {
  return clientOrderId({ botId, cycle: 1, leg: 'main', sequence });
}
