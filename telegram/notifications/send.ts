import { setTimeout as sleep } from 'node:timers/promises';
import { Api } from 'grammy';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { listen, type Listener } from '../../db/listen.ts';
import { claimNotifications, markSent, type Notification, type Pace } from '../../db/notifications.ts';
import { messageOf } from './message.ts';
import { noteFailure } from './failures.ts';

export interface Sending {
  /** Its own, with few connections: sending takes none of what others need. */
  knex: Knex;
  /** The database's, to hear of what is queued. */
  url: string;
  token: string;
  /** No last slash. */
  apiUrl: string;
  log: Logger;
  pace?: Pace;
  /** Epoch ms. */
  now?: () => number;
}

/** Telegram allows 30 messages a second, one a chat, and 20 a minute in a group: what is left is for answers in chats. */
export const PACE: Pace = { perSecond: 25, chatMs: 1_100, groupMs: 3_100, leaseMs: 30_000 };
/** Shorter than the lease: who is still waiting for Telegram has not lost its claim. */
const ANSWER_WITHIN_S = 15;
/** So much of the pace is claimed at once: a process that dies leaves little behind. */
const CLAIM_MS = 250;
const LONGEST_REST_MS = 1_000;
/** Between two tries to note that a message is sent, where the database is away. */
const NOTE_AGAIN_MS = 250;
/** What is due later is looked for with the next notice, or when `listen` looks by itself. */
const NOT_SOON_MS = 5_000;

/**
 * Sends what is queued, each chat's in order, at least once: twice only what Telegram had taken when its sender died before it could
 * note so. Any number of processes may do it. Ends with the calls that are under way.
 */
export function sendNotifications(sending: Sending): Listener {
  const { knex, url, token, apiUrl, log, pace = PACE, now = Date.now } = sending;
  // Nothing that waits or tries again by itself: the queue does.
  const api = new Api(token, { apiRoot: apiUrl, timeoutSeconds: ANSWER_WITHIN_S });
  const ending = new AbortController();
  const underWay = new Set<Promise<void>>();
  const gapMs = 1_000 / pace.perSecond;
  const atMost = Math.max(1, Math.round((pace.perSecond * CLAIM_MS) / 1_000));
  const rest = (ms: number) => sleep(ms, undefined, { signal: ending.signal }).catch(() => undefined);

  /** `until`: the claim's end. */
  async function deliver(notification: Notification, until: number): Promise<void> {
    const { id, chat_id, is_silent } = notification;
    let text: string;
    try {
      const message = messageOf(notification, new Date(now()));
      ({ text } = message);
      const quietly = { disable_notification: is_silent, link_preview_options: { is_disabled: true } };
      await api.sendMessage(chat_id, message.html, { parse_mode: 'HTML', ...quietly });
    } catch (error) {
      return noteFailure(knex, notification, error, log);
    }
    const sent = { id, text, pauseMs: chat_id < 0 ? pace.groupMs : pace.chatMs };
    await noteSent(knex, sent, () => now() + NOTE_AGAIN_MS < until);
  }

  function begin(notification: Notification, until: number): void {
    const delivery = deliver(notification, until)
      .catch((error: unknown) =>
        log.warn({ err: error, id: notification.id }, 'the outcome of a notification'),
      )
      .finally(() => underWay.delete(delivery));
    underWay.add(delivery);
  }

  async function sendAll(): Promise<void> {
    while (!ending.signal.aborted) {
      const asked = now();
      const claim = await claimNotifications(knex, { pace, atMost });
      if (claim.notifications.length > 0) {
        await rest(claim.afterMs);
        if (ending.signal.aborted) return;
        // Also while ending: what is claimed and not sent waits for its lease.
        for (const [n, notification] of claim.notifications.entries()) {
          const until = asked + claim.afterMs + pace.leaseMs + n * gapMs;
          // A process that stood still for so long has lost what it claimed to others.
          if (now() < until) begin(notification, until);
          await sleep(gapMs);
        }
      } else if (underWay.size > 0) {
        await Promise.race([...underWay, rest(LONGEST_REST_MS)]);
      } else {
        if (claim.dueMs === null || claim.dueMs > NOT_SOON_MS) return;
        await rest(Math.min(claim.dueMs + 1, LONGEST_REST_MS));
      }
    }
  }

  const onFault = (error: unknown) => log.warn({ err: error }, 'notifications wait, it is tried again');
  const listener = listen({ url, channel: 'stream', onNotice: sendAll, onFault });
  return {
    async end() {
      ending.abort();
      await listener.end();
      await Promise.all(underWay);
    },
  };
}

/** What is not noted comes twice: it is tried again while that may help. */
async function noteSent(
  knex: Knex,
  sent: Parameters<typeof markSent>[1],
  mayTryAgain: () => boolean,
): Promise<void> {
  for (;;)
    try {
      return await markSent(knex, sent);
    } catch (error) {
      if (!mayTryAgain()) throw error;
      await sleep(NOTE_AGAIN_MS);
    }
}
