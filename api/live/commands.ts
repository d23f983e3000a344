import type { RawData } from 'ws';
import { z } from 'zod';
import type { Client } from './client.ts';
import { notice } from './message.ts';

const MOST_BOTS = 1_000;

const command = z.object({
  action: z.literal('subscribe'),
  bot_ids: z.array(z.guid().toLowerCase()).max(MOST_BOTS),
});
const NOT_UNDERSTOOD = 'Send {"action":"subscribe","bot_ids":[...]}, with at most 1,000 ids of bots.';

/** Does what a client asks for, and tells it so. */
export function obey(client: Client, now: () => Date): (data: RawData) => void {
  return (data) => {
    if (!client.isOpen) return;
    const asked = command.safeParse(readJson(data));
    if (asked.success) client.subscribe(asked.data.bot_ids);
    const answer = asked.success
      ? notice('subscribed', { data: { bot_ids: asked.data.bot_ids } }, now())
      : notice('error', { data: { code: 'bad_request', message: NOT_UNDERSTOOD } }, now());
    client.outbox.put({ text: answer, cursor: null, botId: null, key: null });
  };
}

/** Undefined for what is not JSON. */
export function readJson(data: RawData): unknown {
  try {
    return JSON.parse(textOf(data));
  } catch {
    return undefined;
  }
}

/** What came in one frame, as text. */
function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
