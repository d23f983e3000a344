import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Timing } from '../../activities/dependencies.ts';
import { binarySearch } from '../configuration.ts';
import { program, PROJECT } from '../project.ts';
import type { Scope } from '../testing/database.ts';
import { TEST_KEY, type Stack } from '../testing/stack.ts';
import { workflowBundle } from '../workflow-bundle.ts';
import type { Message, Strike, Surroundings } from './worker.ts';

/** A worker in a process of its own, which can be struck at a marked step or from outside. */
export interface WorkerProcess {
  /** Counts from now on. */
  arm(strike: Strike): void;
  /** Resolves when a `SIGSTOP` has struck. */
  stopped: Promise<unknown>;
  /** Resolves when the process has ended, with what it ended by and the last it said. */
  exited: Promise<{ by: string; said: string }>;
  /** `SIGTERM` ends it once what it has under way is done. */
  signal(signal: 'SIGCONT' | 'SIGTERM'): void;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
}

export interface WorkerSettings {
  timing?: Partial<Timing>;
  /** Its death is noticed after 4 s instead of the product's 12 (a watch) and 5 (an order). */
  impatient?: boolean;
}

/** Starts a worker over the stack's parts; resolves when it polls. It is killed at the end of the test. */
export async function startWorker(
  t: Scope,
  stack: Stack,
  { timing = {}, impatient = false }: WorkerSettings = {},
): Promise<WorkerProcess> {
  const { codePath: workflows } = await workflowBundle(
    binarySearch().cacheDir,
    impatient ? [join(PROJECT, 'runtime/faults/impatience.ts')] : [],
  );
  const child = spawn(process.execPath, program('runtime/faults/worker.ts'), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const said: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
  const exited = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => ({
    by: signal === null ? `code ${code}` : String(signal),
    said: Buffer.concat(said).toString().slice(-2_000),
  }));
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  t.teardown(kill);
  send(child, { start: { ...surroundings(stack), workflows, timing } });
  const ended = exited.then(({ by, said: words }) => {
    throw new Error(`The worker ended by ${by} before it had started: ${words}`);
  });
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return {
    arm: (strike) => send(child, { arm: strike }),
    stopped: once(child.stdout!, 'data'),
    exited,
    signal: (signal) => void child.kill(signal),
    kill,
  };
}

function send(child: ChildProcess, message: Message): void {
  child.send(message);
}

function surroundings({
  databaseUrl,
  temporal,
  exchange,
}: Stack): Omit<Surroundings, 'workflows' | 'timing'> {
  return {
    databaseUrl,
    temporalAddress: temporal.address,
    namespace: temporal.namespace,
    paperUrl: exchange.url as `http://${string}`,
    vault: { keyId: TEST_KEY.keyId, key: TEST_KEY.key.toString('hex') },
  };
}
