import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binarySearch, environment } from '../../configuration.ts';
import { findPython, runPython } from '../../embedded/python.ts';
import { PROJECT } from '../../project.ts';

const VERSION = '4.32.5';

const CONFIGURATION = join(PROJECT, 'runtime/testing/fuzz/schemathesis.toml');

export interface Attack {
  /** Of the OpenAPI document. */
  url: string;
  headers: Record<string, string>;
  /** Examples of each operation, of each kind. */
  examples: number;
  seed: number;
}

/** Where schemathesis is: fetched once with pip, and kept. */
export async function findSchemathesis(report: (line: string) => void): Promise<string> {
  const { cacheDir } = binarySearch();
  const kept = join(cacheDir, `schemathesis-${VERSION}`);
  if (existsSync(kept)) return kept;
  mkdirSync(cacheDir, { recursive: true });
  const folder = mkdtempSync(join(cacheDir, 'download-'));
  try {
    report(`Fetching schemathesis ${VERSION} with pip`);
    const packages = ['--quiet', '--target', folder, `schemathesis==${VERSION}`];
    await runPython(findPython(), ['pip', 'install', ...packages], report);
    renameSync(folder, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return kept;
}

/** Lets it make up requests from an OpenAPI document; what it finds goes to standard output. False where it found any fault. */
export async function attack(schemathesis: string, options: Attack): Promise<boolean> {
  const { url, headers, examples, seed } = options;
  const program = 'from schemathesis.cli import schemathesis; schemathesis()';
  const args = [
    ...['-c', program, '--config-file', CONFIGURATION, 'run', url],
    ...['--max-examples', String(examples), '--seed', String(seed)],
    ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
  ];
  const env = { ...environment(), PYTHONPATH: schemathesis };
  // What it has found before is kept where it runs, and would be sent first.
  const cwd = mkdtempSync(join(tmpdir(), 'perpetua-fuzz-'));
  try {
    const child = spawn(findPython(), args, { stdio: 'inherit', env, cwd });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === 0;
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
