import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { freePort } from '../embedded/ports.ts';
import type { Scope } from './database.ts';

export interface TestRedis {
  url: string;
  password: string;
  /** As a crash ends it. */
  kill(): Promise<void>;
  /** On the same port, with nothing kept. */
  start(): Promise<void>;
}

/** A real Redis of its own for this test; null where this machine has none (Debian's package `redis-server`). */
export async function startRedis(t: Scope): Promise<TestRedis | null> {
  const port = await freePort();
  const password = 'canary-of-redis';
  let server: ChildProcess | null = null;
  const kill = async () => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  const start = async () => {
    server = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--requirepass', password],
      { cwd: tmpdir(), stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(server, 'spawn');
    for await (const said of server.stdout!) if (String(said).includes('Ready to accept connections')) break;
  };
  try {
    await start();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  t.teardown(kill);
  return { url: `redis://127.0.0.1:${port}/0`, password, kill, start };
}
