import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Update } from 'grammy/types';
import type { Logger } from 'pino';

export interface Webhook {
  /** Where Telegram reaches it; the path is what is listened to. */
  url: string;
  host: string;
  port: number;
  /** What Telegram shows with every update. */
  secret: string;
}

const LARGEST_BODY = 1_000_000;
/** Updates that are remembered, so that one delivered twice is carried out once. */
const REMEMBERED = 10_000;

/**
 * Hears updates over HTTP: with the secret, by POST, on that path alone. One is answered once it has been carried out: Telegram
 * delivers it again otherwise. Rejects where the port is taken.
 */
export async function hearWebhook(
  { url, host, port, secret }: Webhook,
  { handle, log }: { handle: (update: Update) => Promise<void>; log: Logger },
): Promise<{ close(): Promise<void> }> {
  const { pathname } = new URL(url);
  const heard = new LRUCache<number, Promise<void>>({ max: REMEMBERED });

  async function hear(request: IncomingMessage): Promise<number> {
    if (request.url !== pathname) return 404;
    if (request.method !== 'POST') return 405;
    if (!isSame(request.headers['x-telegram-bot-api-secret-token'], secret)) return 401;
    const body = await bodyOf(request);
    if (body === null) return 413;
    const update = updateOf(body);
    if (!update) return 400;
    const work = heard.get(update.update_id) ?? handle(update);
    heard.set(update.update_id, work);
    await work;
    return 200;
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    hear(request).then(
      (status) => response.writeHead(status, status === 413 ? { Connection: 'close' } : {}).end(),
      (error: unknown) => {
        log.warn({ err: error }, 'an update could not be read');
        response.destroy();
      },
    );
  }

  const server = createServer({ headersTimeout: 10_000, requestTimeout: 20_000 }, answer);
  server.listen(port, host);
  await once(server, 'listening');
  return {
    async close() {
      server.close();
      server.closeIdleConnections();
      await Promise.all(heard.values());
      server.closeAllConnections();
    },
  };
}

/** In a time that tells nothing of the secret. */
function isSame(shown: unknown, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return typeof shown === 'string' && timingSafeEqual(digest(shown), digest(secret));
}

/** Null where it is too large. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_BODY) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

function updateOf(body: string): Update | null {
  try {
    const update = JSON.parse(body) as Partial<Update> | null;
    return Number.isSafeInteger(update?.update_id) ? (update as Update) : null;
  } catch {
    return null;
  }
}
