import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const isSource = import.meta.url.endsWith('.ts');

/** The folder of the code that runs: the sources, `dist`, or what a test run has compiled. */
export const CODE = fileURLToPath(new URL('../', import.meta.url));

/** The project's folder, wherever in it the code is that runs. */
export const PROJECT = projectFolder(CODE);

/** What Node is given to run one of our programs (`runtime/api.ts`) in the form that runs here: with tsx, or compiled. */
export function program(file: `${string}.ts`): string[] {
  if (isSource) return ['--import', import.meta.resolve('tsx'), join(CODE, file)];
  return [join(CODE, file.replace(/\.ts$/, '.js'))];
}

function projectFolder(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : projectFolder(join(folder, '..'));
}
