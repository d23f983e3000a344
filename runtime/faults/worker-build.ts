import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { binarySearch, PROJECT } from '../configuration.ts';
import { workflowBundle } from '../workflow-bundle.ts';

export interface WorkerBuild {
  /** `worker.ts` as plain JavaScript: it starts in half the time that loading the sources takes. */
  script: string;
  /** The workflows as one script, as the product runs them, and noticing a dead worker sooner. */
  workflows: { patient: string; impatient: string };
}

let build: Promise<WorkerBuild> | null = null;

/** Compiled on first use, once for this process, into a folder that goes with it. */
export function workerBuild(): Promise<WorkerBuild> {
  build ??= compile();
  return build;
}

async function compile(): Promise<WorkerBuild> {
  const folder = mkdtempSync(join(tmpdir(), 'perpetua-faults-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const workflows = { patient: join(folder, 'patient.js'), impatient: join(folder, 'impatient.js') };
  const impatience = fileURLToPath(new URL('impatience.ts', import.meta.url));
  await emit(folder);
  await bundle(workflows.patient, []);
  await bundle(workflows.impatient, [impatience]);
  return { script: join(folder, 'runtime/faults/worker.js'), workflows };
}

async function emit(folder: string): Promise<void> {
  const project = join(folder, 'tsconfig.json');
  const options = {
    extends: join(PROJECT, 'tsconfig.json'),
    // Types are checked elsewhere.
    compilerOptions: { noEmit: false, noCheck: true, rootDir: PROJECT, outDir: folder },
    files: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    include: [],
  };
  writeFileSync(project, JSON.stringify(options));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const compiler = join(PROJECT, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [compiler, '-p', project]);
}

async function bundle(file: string, interceptors: string[]): Promise<void> {
  const made = await workflowBundle(binarySearch().cacheDir, interceptors);
  if ('code' in made) writeFileSync(file, made.code);
}
