import type { Knex } from 'knex';
import type { Amount } from '../bots/money.ts';
import { ownedBy, type OwnedBy } from './bots.ts';

/** What a bot holds now. */
export interface OpenPosition {
  symbol: string;
  exchange: string;
  /** Signed: negative where it was sold first. */
  quantity: Amount;
  /** Paid for one, fees included. */
  average: Amount;
  /** What its bot saw last; null before it has seen any. */
  price: Amount | null;
  /** What it would make at that price, before fees; null where there is none. */
  unrealised: Amount | null;
}

/** Those that are not flat, the largest first. */
export async function listPositions(knex: Knex, { userId }: OwnedBy): Promise<OpenPosition[]> {
  const query = knex('positions')
    .join('bots', 'bots.id', 'positions.bot_id')
    .leftJoin('bot_session_states as s', 's.bot_id', 'bots.id')
    .whereNot('positions.quantity', 0)
    .orderBy('positions.cost', 'desc')
    .orderBy('bots.id')
    .select(
      ...['bots.ticker as symbol', 'bots.exchange', 'positions.quantity', 's.last_price as price'],
      knex.raw('positions.cost / abs(positions.quantity) AS average'),
      knex.raw('s.last_price * positions.quantity - sign(positions.quantity) * positions.cost AS unrealised'),
    );
  ownedBy(query, userId);
  return query;
}
