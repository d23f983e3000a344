import type { Logger } from 'pino';
import type { Caller } from '../auth/caller.ts';
import type { Dependencies, Owner } from '../dependencies.ts';
import type { Client } from '../route.ts';

/** What signing in and out works with. */
export interface IdentityContext extends Pick<Dependencies, 'knex' | 'identity' | 'log'> {
  /** Aborted when nobody waits for the outcome any more. */
  signal: AbortSignal;
  /** Where the request comes from, for the audit log. */
  address: string;
}

/** What a request's use case works with: see `IdentityContext`. */
export function identityContext(
  { signal, log, client }: { signal: AbortSignal; log(): Logger; client: Client },
  dependencies: Dependencies,
): IdentityContext {
  return { ...dependencies, signal, log: log(), address: client.address };
}

/** What a request of somebody who is signed in works with: the world, who asks, and from where, for the audit log. */
export function callerContext(
  { caller, signal, log, client }: { caller: Caller; signal: AbortSignal; log(): Logger; client: Client },
  dependencies: Dependencies,
) {
  return { ...dependencies, caller, signal, log, address: client.address };
}

/** What a use case works with: the world, and for whom. */
export type CommandContext = Pick<Dependencies, 'knex' | 'bots' | 'settings' | 'log'> & {
  owner: Owner;
  commandIdFor?: CommandIdFor;
};

/** The id of a command to that bot or withdrawal, where whoever asks may ask for the same again; a new one unless said. */
export type CommandIdFor = (id: string) => string;
