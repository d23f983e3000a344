import type { Knex } from 'knex';
import { Decimal } from '../../bots/money.ts';
import { Event } from '../models/event.ts';
import type { WithdrawalRequest } from './withdrawal-requests.ts';

/** Tells whoever listens how a withdrawal stands, in the transaction that made it so. */
export async function tellOfWithdrawal(
  tx: Knex,
  { id, user_id, status, asset, amount }: WithdrawalRequest,
): Promise<void> {
  const payload = { id, status, asset, amount: new Decimal(amount).toFixed() };
  await Event.query(tx).insert({ user_id, type: 'fund.withdrawal', payload });
}
