import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** A Python that pip comes with. Throws where there is none. */
export function findPython(): string {
  const found = ['python3', 'python'].find(
    (command) => spawnSync(command, ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0,
  );
  if (!found) throw new Error('there is no Python with pip here');
  return found;
}

/** Runs a module of Python, such as pip, telling every 5 s that it goes on. Throws with the last it said where it fails. */
export async function runPython(
  python: string,
  args: string[],
  report: (line: string) => void,
): Promise<void> {
  const child = spawn(python, ['-m', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let problem = '';
  child.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()));
  let seconds = 0;
  const beat = setInterval(() => report(`  ${(seconds += 5)} s`), 5_000);
  const [code] = (await once(child, 'close').finally(() => clearInterval(beat))) as [number | null];
  if (code !== 0)
    throw new Error(`${args[0]} failed: ${problem.trim().split('\n').at(-1) ?? `code ${code}`}`);
}
