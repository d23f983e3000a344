import { mkdtempSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../embedded/ports.ts';
import type { Service } from '../embedded/service.ts';
import { startTestPostgres, type Scope } from '../testing/database.ts';
import { startTestTemporal } from '../testing/temporal.ts';

/** A server that keeps what it knows on disk, so that it can be ended at once and started again. */
export interface KeptServer {
  /** Nothing is said to its clients and nothing written out. */
  kill(): Promise<void>;
  /** On the same port, from what is on disk. Resolves when it answers. */
  start(): Promise<void>;
}

export async function keptTemporal(
  t: Scope,
  settings: string[] = [],
): Promise<KeptServer & { address: string }> {
  const kept = { port: await freePort(), databaseFile: join(folderOf(t), 'temporal.db') };
  const server = await keep(t, 'SIGKILL', () => startTestTemporal(settings, kept));
  return { ...server, address: `127.0.0.1:${kept.port}` };
}

/** `SIGQUIT` is PostgreSQL's "immediate" stop: every session is cut, and the next start recovers as from a crash. */
export async function keptPostgres(t: Scope): Promise<KeptServer & { url: string }> {
  const kept = { port: await freePort(), folder: folderOf(t), password: randomUUID() };
  let url = '';
  const server = await keep(t, 'SIGQUIT', async () => {
    const started = await startTestPostgres(kept);
    ({ url } = started);
    return started;
  });
  return { ...server, url };
}

async function keep(
  t: Scope,
  signal: 'SIGKILL' | 'SIGQUIT',
  start: () => Promise<Service>,
): Promise<KeptServer> {
  let service = await start();
  t.teardown(() => service.stop());
  return {
    async kill() {
      process.kill(service.pid, signal);
      await service.exited;
    },
    async start() {
      service = await start();
    },
  };
}

function folderOf(t: Scope): string {
  const folder = mkdtempSync(join(tmpdir(), 'perpetua-kept-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
