import type { Knex } from 'knex';
import { keepDepositAddress, keepSubAccount } from '../../db/fund/sub-accounts.ts';
import type { DepositClient } from '../../workflows/client.ts';

/** Gives addresses that nothing can be sent to, without an exchange. For tests of HTTP alone. */
export function madeUpDeposits(knex: Knex): DepositClient {
  return {
    async openAddress({ userId, network }) {
      await keepSubAccount(knex, userId, userId.replaceAll('-', ''));
      const address = `made-up-${network}-${userId}`;
      await keepDepositAddress(knex, userId, { asset: 'USDC', network, address, tag: null });
    },
  };
}
