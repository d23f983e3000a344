import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** All that a workflow can import of ours. */
const SOURCES = ['workflows', 'bots'];

/**
 * The workflows as one script. Bundling takes seconds, so the result is kept in `cacheDir` under the hash of what went
 * into it; a built distribution ships it ready made.
 */
export async function workflowBundle(cacheDir: string): Promise<WorkflowBundle> {
  const file = join(cacheDir, `workflows-${await sourceHash()}.js`);
  try {
    return { code: await readFile(file, 'utf8') };
  } catch {
    const bundle = await bundleWorkflowCode({
      workflowsPath: join(ROOT, 'workflows', import.meta.url.endsWith('.ts') ? 'index.ts' : 'index.js'),
      logger: new DefaultLogger('WARN'),
    });
    await mkdir(cacheDir, { recursive: true });
    // Renamed into place: another process that starts now reads all of it or nothing.
    const partial = `${file}.${randomUUID()}`;
    await writeFile(partial, bundle.code);
    await rename(partial, file);
    return bundle;
  }
}

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  hash.update(
    await readFile(
      join(ROOT, 'package-lock.json').replace(/dist\/package-lock/, 'package-lock'),
      'utf8',
    ).catch(() => ''),
  );
  for (const folder of SOURCES) {
    const names = (await readdir(join(ROOT, folder), { recursive: true })).filter((name) =>
      /(?<!\.test)\.[tj]s$/.test(name),
    );
    for (const name of names.toSorted()) hash.update(name).update(await readFile(join(ROOT, folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
