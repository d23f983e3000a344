import type { Knex } from 'knex';
import { Decimal } from '../../bots/money.ts';
import { checkLedger } from '../../db/fund/check-ledger.ts';
import { readBooks } from '../../db/fund/holdings.ts';
import { ledgerTotals } from '../../db/fund/ledger-balances.ts';
import { QUEUES } from '../../workflows/messages.ts';
import { portfolioOf, type Scene } from './fund.ts';
import { money, type Terminal } from './terminal.ts';

/** What everybody has now, and whether all of it adds up: true where it does. */
export async function check({ line, table }: Terminal, scene: Scene): Promise<boolean> {
  const { ada, ben, cleo, stack } = scene;
  const rows: string[][] = [];
  for (const person of [ada, ben, cleo]) {
    const { units, value, total_deposited, total_withdrawn, profit_loss } = await portfolioOf(person);
    const sums = [value, total_deposited, total_withdrawn, profit_loss].map((sum) => money(sum));
    rows.push([person.name, money(units, 8), ...sums]);
  }
  table([['Holder', 'Units', 'Value', 'Paid in', 'Paid out', 'Result'], ...rows]);
  line('');
  const { holdings, units } = await readBooks(stack.knex);
  const wrong = await checkLedger(stack.knex);
  const different = await stack.client.workflow.execute<() => Promise<string[]>>('solvency', {
    ...{ workflowId: 'fund-demo/solvency', taskQueue: QUEUES.bots },
  });
  line(`The ledger's accounts sum to ${await sumsOf(stack.knex)}`);
  for (const { asset, amount } of holdings.filter(({ userId }) => userId === null))
    line(`Main holds ${new Decimal(amount).toFixed()} ${asset}`);
  const isEven = new Decimal(units.held).eq(units.outstanding);
  const verdicts: [string, readonly string[]][] = [
    ['The ledger: every asset and every entry sums to zero, nobody has less than nothing', wrong],
    [
      `Units: holders have ${units.held}, ${units.outstanding} are outstanding`,
      isEven ? [] : ['They differ'],
    ],
    ['The exchange has, to the last digit, what the ledger says', different],
  ];
  for (const [what, faults] of verdicts) {
    line(`${faults.length === 0 ? 'OK    ' : 'WRONG '} ${what}`);
    for (const fault of faults) line(`       ${fault}`);
  }
  return verdicts.every(([, faults]) => faults.length === 0);
}

/** `0 BTC, 0 UNIT, 0 USDC`. */
async function sumsOf(knex: Knex): Promise<string> {
  const sums = new Map<string, Decimal>();
  for (const { asset, amount } of await ledgerTotals(knex))
    sums.set(asset, (sums.get(asset) ?? new Decimal(0)).add(amount));
  return [...sums]
    .map(([asset, sum]) => `${sum.toFixed()} ${asset}`)
    .toSorted()
    .join(', ');
}
