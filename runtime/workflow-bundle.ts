import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';

/** The folder of the sources, or `dist`. */
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const IS_BUILT = import.meta.url.endsWith('.js');
/** All that a workflow can import of ours. */
const SOURCES = ['workflows', 'bots'];

/** Where `npm run build` puts the bundle. */
export const BUILT_BUNDLE = join(ROOT, 'workflows.bundle.js');

/**
 * The workflows as one script: ready made in a build; else bundled, which takes seconds, and kept in `cacheDir` under
 * the hash of what went into it. `interceptors` are files of workflow interceptors, for tests.
 */
export async function workflowBundle(
  cacheDir: string,
  interceptors: string[] = [],
): Promise<WorkflowBundleOption> {
  if (IS_BUILT) return { codePath: BUILT_BUNDLE };
  const file = join(cacheDir, `workflows-${await sourceHash(interceptors)}.js`);
  try {
    return { code: await readFile(file, 'utf8') };
  } catch {
    const code = await bundleWorkflows(interceptors);
    await mkdir(cacheDir, { recursive: true });
    // Renamed into place: another process that starts now reads all of it or nothing.
    const partial = `${file}.${randomUUID()}`;
    await writeFile(partial, code);
    await rename(partial, file);
    return { code };
  }
}

export async function bundleWorkflows(interceptors: string[] = []): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(ROOT, 'workflows', IS_BUILT ? 'index.js' : 'index.ts'),
    workflowInterceptorModules: interceptors,
    logger: new DefaultLogger('WARN'),
  });
  return code;
}

/** Of our own files and of the lockfile: another SDK is another bundle. */
async function sourceHash(interceptors: string[]): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(ROOT, 'package-lock.json')));
  for (const folder of SOURCES) {
    const names = await readdir(join(ROOT, folder), { recursive: true });
    const sources = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    for (const name of sources.toSorted()) hash.update(name).update(await readFile(join(ROOT, folder, name)));
  }
  for (const file of interceptors) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}
