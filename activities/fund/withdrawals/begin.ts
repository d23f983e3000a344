import type { Knex } from 'knex';
import type { By } from '../../../db/audit.ts';
import { beginCommand, NotOnRecord, type AskedCommand } from '../../../db/fund/withdrawal-commands.ts';
import { refused } from './dependencies.ts';

/**
 * Who asks, and from where; null where the command has been carried out before. Whoever reaches Temporal can send commands: one
 * of a person that no door has taken fails with `CommandRefused`.
 */
export async function begin(tx: Knex, command: AskedCommand): Promise<By | null> {
  return beginCommand(tx, command).catch((error: unknown) => {
    throw error instanceof NotOnRecord
      ? refused('Commands of people are taken by the API only: this one is not on record there.')
      : error;
  });
}
