import type { Knex } from 'knex';

/** Where a holder pays in. */
export interface SubAccount {
  userId: string;
  /** As the exchange names it. */
  subAccountId: string;
  createdAt: Date;
  /** Up to when its deposits have been read; null before the first time. */
  observedAt: Date | null;
  /** The venue's time of its oldest deposit that is not final; null where there is none. */
  pendingSince: Date | null;
}

export interface DepositAddress {
  asset: string;
  network: string;
  address: string;
  /** Of networks that have one. */
  tag: string | null;
}

export async function findSubAccount(knex: Knex, userId: string): Promise<SubAccount | null> {
  const [row] = await subAccounts(knex).where({ user_id: userId });
  return row ?? null;
}

/** Oldest first. */
export async function listSubAccounts(knex: Knex): Promise<SubAccount[]> {
  return subAccounts(knex).orderBy('created_at').orderBy('user_id');
}

/** Keeps the first one that anybody gives for the holder, and returns it. */
export async function keepSubAccount(knex: Knex, userId: string, subAccountId: string): Promise<string> {
  await knex('fund_sub_accounts')
    .insert({ user_id: userId, sub_account_id: subAccountId })
    .onConflict('user_id')
    .ignore();
  return (await findSubAccount(knex, userId))!.subAccountId;
}

export async function markObserved(knex: Knex, userId: string, at: number): Promise<void> {
  await knex('fund_sub_accounts')
    .where({ user_id: userId })
    .update({ observed_at: new Date(at) });
}

export async function findDepositAddress(
  knex: Knex,
  { userId, asset, network }: { userId: string; asset: string; network: string },
): Promise<DepositAddress | null> {
  const row = await knex<DepositAddress & { user_id: string }>('fund_deposit_addresses')
    .select('asset', 'network', 'address', 'tag')
    .where({ user_id: userId, asset, network })
    .first();
  return (row as DepositAddress | undefined) ?? null;
}

/** Keeps the first one that anybody gives: an address that has been shown stays. The holder's sub-account must be on record. */
export async function keepDepositAddress(
  knex: Knex,
  userId: string,
  { asset, network, address, tag }: DepositAddress,
): Promise<void> {
  await knex('fund_deposit_addresses')
    .insert({ user_id: userId, asset, network, address, tag })
    .onConflict(['user_id', 'asset', 'network'])
    .ignore();
}

function subAccounts(knex: Knex): Knex.QueryBuilder<object, SubAccount[]> {
  return knex('fund_sub_accounts').select({
    userId: 'user_id',
    subAccountId: 'sub_account_id',
    createdAt: 'created_at',
    observedAt: 'observed_at',
    pendingSince: knex('deposits')
      .min('seen_at')
      .where({ status: 'pending' })
      .whereRaw('deposits.user_id = fund_sub_accounts.user_id'),
  }) as unknown as Knex.QueryBuilder<object, SubAccount[]>;
}
