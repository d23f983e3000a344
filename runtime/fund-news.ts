import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { readFundOwner } from '../db/fund/owner.ts';
import { createFundClient } from '../workflows/client.ts';

/** Has the fund valued whenever something of its own bot's has been recorded. */
export function tellFund({ knex, client }: { knex: Knex; client: Client }) {
  const fund = createFundClient(client);
  let fundOwner: string | null = null;
  return async (ownerId: string | null): Promise<void> => {
    // Once there is one it stays.
    fundOwner ??= await readFundOwner(knex);
    if (fundOwner !== null && ownerId === fundOwner) await fund.traded();
  };
}
