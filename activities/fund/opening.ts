import { Decimal } from '../../bots/money.ts';
import { hasBegun, openFund } from '../../db/fund/opening.ts';
import type { FundDependencies } from './dependencies.ts';
import type { Difference } from './differences.ts';

/**
 * What main has more than the ledger before anybody has units is what the fund begins with: entered, with units for whoever runs it. Returns
 * what differs all the same. Another asset than the fund's currency has no price that its owner and the next
 * depositor would agree on: it is to be sold first.
 */
export async function openWith(deps: FundDependencies, differences: Difference[]): Promise<Difference[]> {
  const { knex, settings, now } = deps;
  if (differences.length === 0 || (await hasBegun(knex))) return differences;
  const isMore = ({ place, surplus }: Difference) => place === 'main' && new Decimal(surplus).gt(0);
  const isMoney = ({ asset }: Difference) => asset === settings.currency;
  if (!differences.every(isMore)) return differences;
  const others = differences.filter((each) => !isMoney(each));
  if (others.length > 0)
    return others.map((each) => ({ ...each, sentence: toSell(each, settings.currency) }));
  const [{ asset, surplus: amount }] = differences as [Difference];
  const isOpened = await openFund(knex, { asset, amount, price: settings.initialPrice, at: now() });
  return isOpened ? [] : differences;
}

function toSell({ asset, surplus }: Difference, currency: string): string {
  return `The main account has ${surplus} ${asset} before the fund begins: sell it for ${currency} or move it away, then let dealing go on`;
}
