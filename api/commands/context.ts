import type { Dependencies, Owner } from '../dependencies.ts';

/** What a use case works with: the world, and for whom. */
export type CommandContext = Pick<Dependencies, 'knex' | 'bots' | 'settings' | 'log'> & { owner: Owner };
