import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { program } from '../project.ts';

/** Runs one of our programs (`runtime/user.ts`) until it ends: its exit code, and all it wrote. */
export async function runProgram(
  file: `${string}.ts`,
  words: string[],
  env: Record<string, string | undefined>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [...program(file), ...words], { env });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [out, error, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, output: out + error };
}
