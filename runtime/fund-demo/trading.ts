import type { Knex } from 'knex';
import { Decimal } from '../../bots/money.ts';
import { latestValuation } from '../../db/fund/nav-history.ts';
import { liveOrders } from '../../db/fund/orders.ts';
import { listFundTrades, type FundTrade } from '../../db/fund/trading-history.ts';
import { freezePrices, movePrice } from '../simulated-world.ts';
import { portfolioOf, until, type Scene } from './fund.ts';
import { FUND, type Stack } from './stack.ts';
import { money, type Terminal } from './terminal.ts';

/** Past the order's price, so that all of it is filled. */
const PAST = '100';

/** The bot buys once the price has fallen and sells once it has risen; after each trade the fund is valued anew. */
export async function trade({ line }: Terminal, { stack, grace }: Scene): Promise<void> {
  const worth = async (): Promise<string> => {
    const { fund } = await portfolioOf(grace);
    return `${money(fund.total_value)} USDC in all, ${money(fund.nav_per_unit, 8)} a unit`;
  };
  await valueNow(stack);
  line(`Before: ${await worth()}`);
  await freezePrices(stack.exchange);
  await grace.post('/bot/start');
  line('Grace, who is an admin, starts the bot; prices stand still but for what moves them here');
  const low = new Decimal(FUND.buyPrice).sub(PAST).toFixed();
  const bought = await tradeAt(stack, low);
  line(`BTC falls to ${money(low)}: the bot buys ${plain(bought.quantity)} at ${money(bought.price)}`);
  line(`  ${await worth()}`);
  const high = new Decimal(FUND.sellPrice).add(PAST).toFixed();
  const sold = await tradeAt(stack, high);
  line(
    `BTC rises to ${money(high)}: the bot sells ${plain(sold.quantity)} at ${money(sold.price)}, ` +
      `${money(sold.profit_loss ?? 0)} USDC earned after fees`,
  );
  line(`After: ${await worth()}`);
}

/** Waits for an order of the bot, moves the price past it, and waits until the fund is valued with what came of it. */
async function tradeAt({ exchange, knex }: Stack, price: string): Promise<FundTrade> {
  const { clientOrderId } = await until('order', async () =>
    (await liveOrders(knex)).find(({ venueOrderId }) => venueOrderId !== null),
  );
  await movePrice(exchange, { symbol: FUND.symbol, price });
  await until('trade', async () =>
    (await liveOrders(knex)).every((order) => order.clientOrderId !== clientOrderId),
  );
  await until('valuation', () => isValued(knex));
  const { trades } = await listFundTrades(knex, { limit: 1 });
  return trades[0]!;
}

/** Lets the valuation that is made every five minutes be made now. */
async function valueNow({ client, knex }: Stack): Promise<void> {
  const before = await latestValuation(knex);
  await client.schedule.getHandle('fund/valuation').trigger();
  await until('valuation', async () => (await latestValuation(knex))?.id !== before?.id);
}

/** Whether the newest valuation knows of every fill. */
async function isValued(knex: Knex): Promise<boolean> {
  const filled = await knex('journal_entries')
    .where({ kind: 'fill' })
    .max<{ at: Date }>({ at: 'at' })
    .first();
  const valuation = await latestValuation(knex);
  return filled !== undefined && valuation !== null && valuation.recorded_at >= filled.at;
}

const plain = (amount: string): string => new Decimal(amount).toFixed();
