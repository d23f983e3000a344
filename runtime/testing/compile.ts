import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PROJECT } from '../project.ts';

/**
 * Compiles everything, tests too, into a folder that this process alone uses and that goes with it: AVA finds the tests
 * among the sources and loads what was made of them. Types are checked elsewhere. Returns AVA's configuration for it, a file.
 */
export async function compile(): Promise<string> {
  mkdirSync(join(PROJECT, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(PROJECT, 'dist/tests-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const compiler = join(PROJECT, 'node_modules/typescript/bin/tsc');
  const options = ['--noEmit', 'false', '--noCheck', '--sourceMap', '--rootDir', PROJECT, '--outDir', folder];
  const child = spawn(process.execPath, [compiler, '--project', PROJECT, ...options], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('The sources could not be compiled, see above');
  const configuration = join(folder, 'ava.config.js');
  writeFileSync(configuration, `export default ${JSON.stringify(avaOptions(folder))};\n`);
  return configuration;
}

/** As in package.json, without what the sources need. AVA itself has Node map stack traces to them. */
function avaOptions(folder: string): Record<string, unknown> {
  const { ava } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { ava: object };
  const typescript = { compile: false, rewritePaths: { './': `${relative(PROJECT, folder)}/` } };
  return { ...ava, extensions: undefined, nodeArguments: undefined, typescript };
}
