import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../configuration.ts';
import { isRunning } from '../embedded/leftovers.ts';

export interface DataFolder {
  /** Made at the first start and kept, readable by its owner only. */
  secrets: Secrets;
  /** Where a part keeps what it needs between runs. */
  path(...names: string[]): string;
  logFile(part: string): string;
  pidFile(part: string): string;
  /** Lets another start have the folder; every part has ended. */
  release(): void;
}

export interface Secrets {
  secretKey: string;
  encryptionKey: string;
  databasePassword: string;
  controlToken: string;
}

/** Where a folder's secrets are. */
export function secretsFile(folder: string): string {
  return join(folder, 'secrets.json');
}

/** What the first start on a folder has made; null where none was. Throws `ConfigurationError` where it cannot be read. */
export function keptSecrets(folder: string): Secrets | null {
  const file = secretsFile(folder);
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  } catch {
    throw new ConfigurationError(
      `${file} cannot be read: it is for the account alone that \`npm start\` runs under, and must be JSON as that wrote it.`,
    );
  }
}

/** A log that has grown past this is put aside at the next start; the one put aside before it goes. */
const LOG_BYTES = 20 * 1024 * 1024;

/** Takes the folder for this process. Throws where another start has it. */
export function takeDataFolder(folder: string): DataFolder {
  makePrivate(folder);
  const lock = join(folder, 'run', 'start.pid');
  const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
  if (holder !== process.pid && isRunning(holder, 'runtime/start'))
    throw new ConfigurationError(
      `Perpetua runs already on ${folder} (process ${holder}). Stop that one, or give this one DATA_DIR=<another folder> and other ports.`,
    );
  writeFileSync(lock, String(process.pid));
  return {
    secrets: keptSecrets(folder) ?? makeSecrets(folder),
    path: (...names) => join(folder, ...names),
    logFile: (part) => freshLog(join(folder, 'logs', `${part}.log`)),
    pidFile: (part) => join(folder, 'run', `${part}.pid`),
    release() {
      for (const name of readdirSync(join(folder, 'run'))) rmSync(join(folder, 'run', name), { force: true });
    },
  };
}

/** Logs, pids and keys are for the owner's eyes. Root's PostgreSQL, of another account, has to get through to its data. */
function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  for (const name of ['logs', 'run', 'exchange']) {
    mkdirSync(join(folder, name), { recursive: true });
    chmodSync(join(folder, name), 0o700);
  }
}

function makeSecrets(folder: string): Secrets {
  const random = (): string => randomBytes(32).toString('hex');
  const secrets = {
    secretKey: random(),
    encryptionKey: random(),
    databasePassword: random(),
    controlToken: random(),
  };
  writeFileSync(secretsFile(folder), JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}

function freshLog(file: string): string {
  if (existsSync(file) && statSync(file).size > LOG_BYTES) renameSync(file, `${file}.1`);
  return file;
}
