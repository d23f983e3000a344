import type { CommandContext } from './context.ts';

/**
 * The account a bot trades with: the owner's for that exchange, the live one where there is one, else paper; the oldest of
 * several. Null where there is none.
 */
export async function accountFor(
  exchange: string,
  { knex, owner }: Pick<CommandContext, 'knex' | 'owner'>,
): Promise<string | null> {
  const account = await knex('exchange_accounts')
    .where({ user_id: owner.id, exchange })
    .orderByRaw(`kind = 'live' DESC, created_at, id`)
    .first<{ id: string } | undefined>('id');
  return account?.id ?? null;
}
