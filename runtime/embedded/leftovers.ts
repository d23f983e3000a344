import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A leftover gets this long to end by itself (its guard is at it), then as long again once asked. */
const PATIENCE_MS = 10_000;

/**
 * Copes with what a run that was killed left behind: a server whose pid is in `pidFile` is ended, and a pid file whose
 * process is gone, or is by now somebody else's, is removed.
 */
export async function endLeftover(pidFile: string, program: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  if (pid > 1 && isRunning(pid, program)) {
    if (!(await gone(pid, program, PATIENCE_MS / 5))) process.kill(pid, 'SIGINT');
    if (!(await gone(pid, program, PATIENCE_MS))) process.kill(pid, 'SIGKILL');
    await gone(pid, program, PATIENCE_MS);
  }
  rmSync(pidFile, { force: true });
}

/** True where `pid` is alive and its command line names `program` (pids are used again). */
export function isRunning(pid: number, program: string): boolean {
  return commandOf(pid).includes(program);
}

async function gone(pid: number, program: string, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (isRunning(pid, program)) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return '';
  }
}
