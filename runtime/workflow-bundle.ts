import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundlePath } from '@temporalio/worker';
import { CODE, PROJECT } from './project.ts';

/** All that a workflow can import of ours. */
const SOURCES = ['workflows', 'bots'];

/** Where `npm run build` puts the bundle. */
export const BUILT_BUNDLE = join(CODE, 'workflows.bundle.js');

/**
 * The workflows as one script: ready made in a build; else bundled of the sources, which takes seconds, and kept in
 * `cacheDir` under the hash of what went into it. `interceptors` are sources of workflow interceptors, for tests.
 */
export async function workflowBundle(
  cacheDir: string,
  interceptors: string[] = [],
): Promise<WorkflowBundlePath> {
  if (existsSync(BUILT_BUNDLE)) return { codePath: BUILT_BUNDLE };
  const codePath = join(cacheDir, `workflows-${await sourceHash(interceptors)}.js`);
  if (existsSync(codePath)) return { codePath };
  const code = await bundleWorkflows(interceptors);
  await mkdir(cacheDir, { recursive: true });
  // Renamed into place: another process that starts now reads all of it or nothing.
  const partial = `${codePath}.${randomUUID()}`;
  await writeFile(partial, code);
  await rename(partial, codePath);
  return { codePath };
}

/** The same script whether the sources run or what was compiled of them. */
export async function bundleWorkflows(interceptors: string[] = []): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(PROJECT, 'workflows/index.ts'),
    workflowInterceptorModules: interceptors,
    logger: new DefaultLogger('WARN'),
  });
  return code;
}

/** Of our own files and of the lockfile: another SDK is another bundle. */
async function sourceHash(interceptors: string[]): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(PROJECT, 'package-lock.json')));
  for (const folder of SOURCES) {
    const names = await readdir(join(PROJECT, folder), { recursive: true });
    const sources = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    for (const name of sources.toSorted())
      hash.update(name).update(await readFile(join(PROJECT, folder, name)));
  }
  for (const file of interceptors) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}
