import { createHash } from 'node:crypto';
import type { CommandContext } from '../api/commands/context.ts';
import type { UserContext } from './context.ts';
import type { TelegramDependencies } from './dependencies.ts';

/**
 * Ids of what `key` asks for, one for each bot or withdrawal: however often it is delivered, it asks for the same commands. UUIDs
 * of version 8 (RFC 9562).
 */
export function commandIds(key: string): (subject: string) => string {
  return (subject) => {
    const hex = createHash('sha256').update(`${key}\n${subject}`).digest('hex');
    const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`];
    return [...parts, hex.slice(20, 32)].join('-');
  };
}

/** The update, told from those of any other bot. */
function updateKey({ me, update }: UserContext): string {
  return `telegram/${me.id}/${update.update_id}`;
}

/** What a use case works with, for whoever writes; what `key` asks for is asked for once. */
export function commandContext(
  ctx: UserContext,
  { knex, bots, settings, log }: TelegramDependencies,
  key = updateKey(ctx),
): CommandContext {
  return { knex, bots, settings, log, owner: ctx.user.owner, commandIdFor: commandIds(key) };
}
