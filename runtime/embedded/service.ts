import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

export interface ServiceOptions {
  command: string;
  args: string[];
  /** What the process prints is appended here: it must never depend on us reading a pipe. */
  logFile: string;
  env?: Record<string, string | undefined>;
  user?: { uid: number; gid: number } | undefined;
  stopSignal: 'SIGINT' | 'SIGTERM';
  /** A folder removed once the process has ended, however that came. */
  removeAfter?: string;
}

/** A server of somebody else (PostgreSQL, Temporal) run as our child. */
export interface Service {
  pid: number;
  /** Resolves when the process has ended, with what it ended by. */
  exited: Promise<string>;
  isRunning(): boolean;
  /** Asks it to end; kills it when it has not ended after `patienceMs`. */
  stop(patienceMs?: number): Promise<void>;
}

/**
 * Starts a server in a session of its own, so that Ctrl-C in the terminal reaches only us and we end things in order. A
 * small shell holds the other end of a pipe: should we die without a word (kill -9), it sees the pipe close and
 * stops the server. Neither keeps this process alive.
 */
export function startService(options: ServiceOptions): Service {
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(options.command, options.args, {
    stdio: ['ignore', log, log],
    detached: true,
    ...(options.env && { env: options.env }),
    ...options.user,
  });
  closeSync(log);
  child.unref();
  const exited = ending(child);
  const guard = child.pid === undefined ? null : watchOver(child.pid, options);
  // The guard ends with its server, unless it still has a folder to remove.
  if (guard && !options.removeAfter) void exited.then(() => guard.kill('SIGKILL'));
  const isRunning = (): boolean =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    exited,
    isRunning,
    async stop(patienceMs = 8_000) {
      if (!isRunning()) return;
      child.ref();
      child.kill(options.stopSignal);
      const kill = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await exited;
      clearTimeout(kill);
      guard?.stdin?.end();
    },
  };
}

async function ending(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return signal ?? `code ${code}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Waits for its input to close, then stops the server and waits up to 20 s before it tidies up. A zombie counts as
 * ended: in a container nobody may be there to reap it.
 */
const GUARD = `
  alive() { kill -0 "$1" 2>/dev/null && ! grep -q ') Z ' "/proc/$1/stat" 2>/dev/null; }
  read -r _
  kill -"$2" "$1" 2>/dev/null
  tries=0
  while alive "$1" && [ $tries -lt 100 ]; do sleep 0.2; tries=$((tries + 1)); done
  kill -KILL "$1" 2>/dev/null
  [ -z "$3" ] || rm -rf "$3"`;

function watchOver(pid: number, { stopSignal, removeAfter = '' }: ServiceOptions): ChildProcess {
  const guard = spawn('sh', ['-c', GUARD, 'sh', String(pid), stopSignal.slice(3), removeAfter], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => {});
  guard.unref();
  (guard.stdin as { unref?: () => void } | null)?.unref?.();
  return guard;
}
