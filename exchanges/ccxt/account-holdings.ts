import type { Fill } from '../../bots/orders.ts';
import type { Exchange } from '../port.ts';
import type { OwnCall } from './account-orders.ts';
import { exact } from './markets.ts';
import { toFills } from './orders.ts';
import type { Venue } from './venue.ts';
import type { CcxtTrade, Client } from './unified.ts';

/** What an account holds, the trades that made it so, and what its key may do. */
export function holdingsOf(
  call: OwnCall,
  { line: { profile }, markets }: Pick<Venue, 'line' | 'markets'>,
): Pick<Exchange, 'balances' | 'keyRights' | 'fillsOfOrder'> {
  const { pageSize, fillsAfter } = profile;

  /** Every page, each from the last trade of the one before. */
  async function readPages(
    symbol: string,
    read: (client: Client, lastTradeId: string | null) => Promise<CcxtTrade[]>,
  ): Promise<Fill[]> {
    const { quote } = await markets.market(symbol);
    const fills: Fill[] = [];
    for (;;) {
      const lastTradeId = fills.at(-1)?.tradeId ?? null;
      const page = await call('read', symbol, async (client) =>
        toFills(await read(client, lastTradeId), quote),
      );
      fills.push(...page);
      if (page.length < pageSize) return fills;
    }
  }

  return {
    balances: () =>
      call('read', null, async (client) => {
        const { free, used } = await client.fetchBalance();
        return Object.keys(free)
          .map((asset) => ({ asset, free: exact(free[asset] ?? '0'), locked: exact(used[asset] ?? '0') }))
          .filter((balance) => balance.free !== '0' || balance.locked !== '0');
      }),
    keyRights: () => call('read', null, (client) => profile.keyRights(client)),
    fillsOfOrder: ({ symbol, orderId }) =>
      readPages(symbol, (client, last) =>
        client.fetchOrderTrades(orderId, symbol, undefined, pageSize, fillsAfter(last)),
      ),
  };
}
