import type { Dependencies, Owner } from '../dependencies.ts';

/** What signing in and out works with. */
export type IdentityContext = Pick<Dependencies, 'knex' | 'identity'>;

/** What a use case works with: the world, and for whom. */
export type CommandContext = Pick<Dependencies, 'knex' | 'bots' | 'settings' | 'log'> & { owner: Owner };
