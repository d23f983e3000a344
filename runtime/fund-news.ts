import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { createFundClient } from '../workflows/client.ts';

/** Has the fund valued whenever something of its own bot's has been recorded. */
export function tellFund({ knex, client }: { knex: Knex; client: Client }) {
  const fund = createFundClient(client);
  let fundOwner: string | null = null;
  return async (ownerId: string | null): Promise<void> => {
    // Once there is one it stays.
    fundOwner ??= (await knex('fund_state').first<{ owner_id: string | null }>('owner_id')).owner_id;
    if (fundOwner !== null && ownerId === fundOwner) await fund.traded();
  };
}
