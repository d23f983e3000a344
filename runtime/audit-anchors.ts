import { appendFile, mkdir, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Knex } from 'knex';
import { z } from 'zod';
import { listAuditHeads, type AuditHead } from '../db/audit-log.ts';

export interface AnchorOptions {
  knex: Knex;
  /** Appended to, never written over; several processes may share it. */
  file: string;
  everyMs?: number;
  onFault?: (error: unknown) => void;
}

const EVERY_MS = 60_000;
/** Far longer than a transaction takes: none that was under way at one time is overlooked at the next. */
const RECENT_MINUTES = 10;
const HEADS_A_LINE = 1_000;

const lineSchema = z.object({
  at: z.iso.datetime(),
  heads: z.array(z.tuple([z.string(), z.int(), z.string()])),
});

/**
 * Notes outside the database, every minute, where the chains of the audit log end: all of them at first, then those that
 * went on. What was noted can no longer be cut off without being found. Call what is returned at the end: it notes the rest.
 */
export function keepAnchors({ knex, file, everyMs = EVERY_MS, onFault }: AnchorOptions): () => Promise<void> {
  /** By chain, how far what is noted goes; null where everything is to be noted. */
  let noted: Map<string, number> | null = null;
  let noting = note();
  const timer = setInterval(() => (noting = noting.then(note)), everyMs);

  async function note(): Promise<void> {
    try {
      const heads = await listAuditHeads(knex, ...(noted ? [RECENT_MINUTES] : []));
      const news = heads.filter(({ chain, number }) => noted?.get(chain) !== number);
      if (news.length > 0 || !noted) await append(file, news);
      noted = new Map(heads.map(({ chain, number }) => [chain, number]));
    } catch (error) {
      noted = null;
      onFault?.(error);
    }
  }

  return async () => {
    clearInterval(timer);
    await noting.then(note);
  };
}

/** The line that a crash has cut short, if one did, is ended first. */
async function append(file: string, heads: AuditHead[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const at = new Date().toISOString();
  const lines: string[] = [];
  for (let from = 0; from < heads.length || from === 0; from += HEADS_A_LINE) {
    const some = heads
      .slice(from, from + HEADS_A_LINE)
      .map(({ chain, number, hash }) => [chain, number, hash]);
    lines.push(`${JSON.stringify({ at, heads: some })}\n`);
  }
  await appendFile(file, `\n${lines.join('')}`, { mode: 0o600, flush: true });
}

/** For who verifies without any. */
export const NO_ANCHORS: Anchors = {
  heads: (async function* () {})(),
  lastAt: () => null,
  unreadable: () => 0,
};

export interface Anchors {
  /** Of what had been written when it was opened. */
  heads: AsyncIterable<AuditHead>;
  /** When the last of them was noted; known once they have been read. */
  lastAt(): string | null;
  /** Lines that are no anchors: cut short by a crash, or changed. */
  unreadable(): number;
}

/** Opens a file of anchors; null where there is none. */
export async function openAnchors(file: string): Promise<Anchors | null> {
  const size = await stat(file).then((found) => found.size, whenMissing);
  if (size === null) return null;
  let lastAt: string | null = null;
  let unreadable = 0;
  async function* read(): AsyncGenerator<AuditHead> {
    if (size === 0) return;
    const lines = createInterface({ input: createReadStream(file, { end: size! - 1 }), crlfDelay: Infinity });
    for await (const line of lines) {
      if (line === '') continue;
      const anchor = parse(line);
      if (!anchor) unreadable += 1;
      lastAt = anchor?.at ?? lastAt;
      for (const [chain, number, hash] of anchor?.heads ?? []) yield { chain, number, hash };
    }
  }
  return { heads: read(), lastAt: () => lastAt, unreadable: () => unreadable };
}

function parse(line: string): z.output<typeof lineSchema> | null {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function whenMissing(error: unknown): null {
  if ((error as { code?: unknown }).code === 'ENOENT') return null;
  throw error;
}
