import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, RawApi } from 'grammy';
import type { Update } from 'grammy/types';
import type { Logger } from 'pino';
import { reach } from './reach.ts';

export interface Polling {
  api: Api<RawApi>;
  log: Logger;
  /** Carries an update out; never rejects. */
  handle: (update: Update) => Promise<void>;
  ending: AbortSignal;
}

/** What the bot is told of. */
export const HEARD = ['message', 'callback_query'] as const;

const LONGEST_WAIT_S = 25;
/** While something is carried out Telegram does not wait for what is new, so it is asked every so often. */
const LOOK_EVERY_MS = 250;
const END_WITHIN_MS = 8_000;

/**
 * Asks Telegram for updates until `ending`, and has many carried out at once. An update is confirmed when it, and every one
 * before, has been carried out: what a process that dies had begun is delivered to the next. Throws `WrongToken`.
 */
export async function pollUpdates({ api, log, handle, ending }: Polling): Promise<void> {
  const underWay = new Map<number, Promise<void>>();
  const done = new Set<number>();
  let next = 0;

  /** The first that is not to be confirmed. */
  const offset = () => Math.min(next, ...underWay.keys());

  function begin(update: Update): void {
    const { update_id: id } = update;
    if (underWay.has(id) || done.has(id)) return;
    // Telegram may begin to count anew.
    next = id + 1;
    const work = handle(update).finally(() => {
      underWay.delete(id);
      done.add(id);
    });
    underWay.set(id, work);
  }

  async function look(): Promise<void> {
    const asked = offset();
    const timeout = underWay.size === 0 ? LONGEST_WAIT_S : 0;
    const options = { offset: asked, timeout, allowed_updates: HEARD };
    const updates = await reach(() => api.getUpdates(options, ending as never), { log, ending });
    const fresh = (updates ?? []).filter(({ update_id: id }) => !underWay.has(id) && !done.has(id));
    for (const id of done) if (id < asked) done.delete(id);
    for (const update of fresh) begin(update);
    if (fresh.length > 0 || underWay.size === 0) return;
    const soon = sleep(LOOK_EVERY_MS, undefined, { ref: false });
    await Promise.race([soon, ...underWay.values()]);
  }

  while (!ending.aborted) await look();
  await Promise.race([Promise.all(underWay.values()), sleep(END_WITHIN_MS, undefined, { ref: false })]);
  if (next > 0)
    await api.getUpdates({ offset: offset(), limit: 1, timeout: 0 }).catch(() => {
      log.info('The last updates could not be confirmed: they will be delivered again');
    });
}
