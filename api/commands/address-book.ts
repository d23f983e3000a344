import { deleteAddress, insertAddress, type WithdrawalAddress } from '../../db/fund/withdrawal-addresses.ts';
import { ApiError } from '../errors.ts';
import type { WithdrawalContext } from './request-withdrawal.ts';
import { readDestination, type AskedDestination } from './withdrawal-destination.ts';

/** Writes an address into the caller's book: from now on it cools. Throws `invalid_input` or `address_taken`. */
export async function addAddress(
  { label, ...asked }: AskedDestination & { label: string },
  { knex, settings, identity, caller: { userId }, address }: WithdrawalContext,
): Promise<WithdrawalAddress> {
  const destination = readDestination(asked, settings.fund);
  const row = { ...destination, label, user_id: userId, created_at: identity.now() };
  const added = await insertAddress(knex, row, { userId, address });
  if (!added) throw new ApiError('address_taken', 'Your address book has this address already.');
  return added;
}

/** Strikes one out. Requests that were made to it stay. Throws `address_not_found`. */
export async function removeAddress(
  id: string,
  { knex, caller: { userId }, address }: WithdrawalContext,
): Promise<void> {
  if (await deleteAddress(knex, { id, userId }, { userId, address })) return;
  throw new ApiError('address_not_found', 'Address not found');
}
