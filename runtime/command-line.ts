import type { Knex } from 'knex';
import { openDatabase } from '../db/connect.ts';
import { environment, readConfiguration, type Configuration } from './configuration.ts';
import { EXIT_CONFIGURATION, isMistake } from './run-process.ts';
import { requireKnownKey } from './audit-key.ts';
import { planCommand } from './supervisor/plan.ts';

/** What a command does; resolves to its exit code. */
export type Command = (opened: Opened) => Promise<number>;

/** What is done without a database, and whatever the configuration is. */
export interface Offline {
  offline(): Promise<number>;
}

export interface Opened {
  /** Destroyed when the command has ended. */
  knex: Knex;
  configuration: Configuration;
}

/** As sysexits.h has them, so that a command's own 1 means one thing: used wrongly; no database; a fault of ours. */
const EXIT_USAGE = 64;
export const EXIT_UNAVAILABLE = 69;
const EXIT_SOFTWARE = 70;

/**
 * The frame of what whoever runs this machine asks for: finds the command that the words mean, runs it on the database of the
 * environment or else of the `npm start` beside it, and ends with its exit code. `null` for words that mean none: they are told
 * the usage. A person's mistake is said in a sentence.
 */
export async function runCommandLine(
  usage: string,
  read: (words: string[]) => Command | Offline | null,
): Promise<void> {
  const command = read(process.argv.slice(2));
  process.exitCode = command ? await run(command) : refuse(usage, EXIT_USAGE);
}

/** A command that the audit log tells of: refused with a key under which its entry would never verify. */
export function recorded(command: Command): Command {
  return async (opened) => {
    await requireKnownKey(opened.knex, opened.configuration.auditKeys);
    return command(opened);
  };
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Says why nothing is done; returns the exit code. */
export function refuse(text: string, code: number): number {
  process.stderr.write(`${text.trimEnd()}\n`);
  return code;
}

async function run(command: Command | Offline): Promise<number> {
  try {
    if ('offline' in command) return await command.offline();
    const variables = environment();
    const configuration = readConfiguration(planCommand(variables));
    return await onDatabase(command, configuration, !variables['DATABASE_URL']);
  } catch (error) {
    if (isMistake(error)) return refuse(error.message, EXIT_CONFIGURATION);
    return refuse(error instanceof Error ? (error.stack ?? error.message) : String(error), EXIT_SOFTWARE);
  }
}

async function onDatabase(
  command: Command,
  configuration: Configuration,
  isEmbedded: boolean,
): Promise<number> {
  const knex = openDatabase({ ...configuration.database, poolSize: 2, maxOverflow: 0 });
  try {
    const fault = await knex.raw('SELECT 1').then(() => null, reasonOf);
    if (fault !== null) return refuse(awayText(fault, configuration, isEmbedded), EXIT_UNAVAILABLE);
    return await command({ knex, configuration });
  } finally {
    await knex.destroy();
  }
}

function awayText(fault: string, { dataDir, embedded }: Configuration, isEmbedded: boolean): string {
  if (!isEmbedded) return `The database of DATABASE_URL does not answer: ${fault}.`;
  return (
    `The database of \`npm start\` in ${dataDir} does not answer on port ${embedded.postgresPort}: ${fault}. ` +
    'It runs as long as `npm start` does: start that first, with the same POSTGRES_PORT, or set DATABASE_URL.'
  );
}

/** Where a name stands for several addresses, what failed at each of them. */
function reasonOf(error: unknown): string {
  const errors = error instanceof AggregateError ? (error.errors as Error[]) : [error as Error];
  return errors.map(({ message }) => message).join(', ');
}
