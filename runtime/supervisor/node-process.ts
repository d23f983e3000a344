import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { SMALL_HEAP } from '../../exchanges/simulated/small-heap.ts';
import { ConfigurationError } from '../configuration.ts';
import { program } from '../project.ts';
import { EXIT_CONFIGURATION } from '../run-process.ts';
import type { Part } from './keep-running.ts';

export interface NodeProcess {
  name: 'api' | 'worker' | 'exchange' | 'telegram';
  env: Record<string, string | undefined>;
  logFile: string;
  pidFile: string;
  /** Told every line that the process writes. */
  onLine: (line: string) => void;
}

/** What grows with the bots and accounts carried is kept small; answers of the API are kept fast. */
const HEAPS = {
  api: [],
  worker: ['--heap-growing-percent=30', '--max-semi-space-size=4'],
  exchange: SMALL_HEAP,
  telegram: ['--max-semi-space-size=4'],
};
const START_PATIENCE_MS = 60_000;

/**
 * Starts one of our own processes; resolves when it says that it is ready, throws `ConfigurationError` where only a person can
 * put right what keeps it from that. It is a session of its own, so that Ctrl-C reaches
 * only the supervisor; its IPC channel closes with us, whatever ends us, and then it ends too.
 */
export async function startNodeProcess(options: NodeProcess): Promise<Part> {
  const child = launch(options);
  const exited = ending(child);
  writeFileSync(options.pidFile, String(child.pid));
  const ready = new Promise((resolve) => child.once('message', resolve));
  const patience = setTimeout(() => child.kill('SIGKILL'), START_PATIENCE_MS);
  const early = await Promise.race([ready.then(() => null), exited]);
  clearTimeout(patience);
  if (early !== null) {
    const Failure = early === `code ${EXIT_CONFIGURATION}` ? ConfigurationError : Error;
    throw new Failure(`The ${options.name} ended at once (${early}); see ${options.logFile}`);
  }
  return { exited, stop: (patienceMs) => stop(child, exited, patienceMs) };
}

function launch({ name, env, logFile, onLine }: NodeProcess): ChildProcess {
  const child = spawn(process.execPath, [...HEAPS[name], ...program(`runtime/${name}.ts`)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr] as Readable[])
    createInterface({ input: stream }).on('line', (line) => {
      appendFileSync(logFile, `${line}\n`, { mode: 0o600 });
      onLine(line);
    });
  return child;
}

async function ending(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return signal ?? `code ${code}`;
  } catch (error) {
    return (error as Error).message;
  }
}

async function stop(child: ChildProcess, exited: Promise<string>, patienceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await exited;
  clearTimeout(kill);
}
