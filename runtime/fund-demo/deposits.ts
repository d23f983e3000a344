import { Decimal, type Amount } from '../../bots/money.ts';
import type { Deposit } from '../../db/fund/deposits.ts';
import { mineBlocks, sendPayment } from '../simulated-world.ts';
import { until, type Scene } from './fund.ts';
import type { Person } from './people.ts';
import { money, type Terminal } from './terminal.ts';

/** Of the network: until a payment is final. */
const BLOCKS = 30;

/** Somebody pays in, and is given units at the price of the valuation after it. */
export async function payIn(
  { line }: Terminal,
  { stack: { exchange, knex } }: Scene,
  { person, amount }: { person: Person; amount: Amount },
): Promise<void> {
  const { asset, network, address } =
    await person.get<Record<'asset' | 'network' | 'address', string>>('/wallet/deposit-address');
  await sendPayment(exchange, { asset, network, address, amount });
  line(`${person.name} pays ${money(amount)} ${asset} to ${address} (${network})`);
  await mineBlocks(exchange, network, BLOCKS);
  const paid = { user_id: person.userId, amount };
  const deposit = await until('deposit on main', () =>
    knex<Deposit>('deposits')
      .where({ ...paid, status: 'swept' })
      .first(),
  );
  const { units, nav_per_unit: price } = deposit;
  line(
    `  final after ${BLOCKS} blocks, seen by the monitor, valued: ` +
      `${money(amount)} / ${plain(price)} = ${money(units ?? 0, 8)} units, the money swept to main`,
  );
}

function plain(amount: Amount | null): string {
  return new Decimal(amount ?? 0).toFixed();
}
