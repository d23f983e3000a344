import type { Logger } from 'pino';
import type { Dependencies, Owner } from '../dependencies.ts';

/** What signing in and out works with; `signal` is aborted when nobody waits for the outcome any more. */
export type IdentityContext = Pick<Dependencies, 'knex' | 'identity' | 'log'> & { signal: AbortSignal };

/** What a request's use case works with: see `IdentityContext`. */
export function identityContext(
  { signal, log }: { signal: AbortSignal; log(): Logger },
  dependencies: Dependencies,
): IdentityContext {
  return { ...dependencies, signal, log: log() };
}

/** What a use case works with: the world, and for whom. */
export type CommandContext = Pick<Dependencies, 'knex' | 'bots' | 'settings' | 'log'> & { owner: Owner };
