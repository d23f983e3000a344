import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../project.ts';

/** AVA's configuration in package.json, which is for the sources. */
interface AvaOptions {
  extensions: unknown;
  nodeArguments: string[];
  [option: string]: unknown;
}

/**
 * Compiles everything, tests too, into a folder that this process alone uses and that goes with it: AVA finds the tests
 * among the sources and loads what was made of them. Types are checked elsewhere. Returns AVA's configuration for it, a file.
 */
export async function compile(): Promise<string> {
  mkdirSync(join(PROJECT, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(PROJECT, 'dist/tests-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const options = ['--noEmit', 'false', '--noCheck', '--sourceMap', '--rootDir', PROJECT, '--outDir', folder];
  const compiler = join(PROJECT, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [compiler, '--project', PROJECT, ...options]);
  const configuration = join(folder, 'ava.config.js');
  writeFileSync(configuration, `export default ${JSON.stringify(avaOptions(folder))};\n`);
  return configuration;
}

function avaOptions(folder: string): AvaOptions {
  const { ava } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { ava: AvaOptions };
  return {
    ...ava,
    extensions: undefined,
    nodeArguments: ['--enable-source-maps'],
    typescript: { compile: false, rewritePaths: { './': `${relative(PROJECT, folder)}/` } },
  };
}
