import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { keepCommand, type AskedCommand } from '../../db/fund/withdrawal-commands.ts';

/** Puts a command on record as a door does. Returns its id. */
export async function keptCommand(
  knex: Knex,
  asked: Pick<AskedCommand, 'requestId' | 'name' | 'userId'> & { id?: string },
): Promise<string> {
  const id = asked.id ?? randomUUID();
  await keepCommand(knex, { ...asked, id, address: null, at: new Date() });
  return id;
}
