import type { Knex } from 'knex';
import { deleteOlder } from './delete-older.ts';

/** Writes that a bot carries out a command, in the transaction that does; false where it had done so before. */
export async function recordCommand(tx: Knex, botId: string, commandId: string): Promise<boolean> {
  const recorded: unknown[] = await tx('bot_commands')
    .insert({ bot_id: botId, command_id: commandId })
    .onConflict(['bot_id', 'command_id'])
    .ignore()
    .returning('command_id');
  return recorded.length === 1;
}

/** Deletes those carried out more than `days` ago. */
export async function deleteOldCommands(knex: Knex, days: number): Promise<void> {
  await deleteOlder(knex, { table: 'bot_commands', time: 'carried_out_at', days });
}
