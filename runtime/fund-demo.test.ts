import test from 'ava';
import { environment } from './configuration.ts';
import { runProgram } from './testing/command-line.ts';

test('the story of the fund is told to its end on a stack of its own, and all of it adds up', async (t) => {
  t.timeout(170_000);
  const { code, output } = await runProgram('runtime/fund-demo.ts', [], environment());
  t.is(code, 0, output);
  t.regex(output, /Ada pays 6,000\.00 USDC[^]*6,000\.00 \/ 1 = 6,000\.00000000 units/);
  // 0.1 bought and 0.0999 sold, a thousandth of each the exchange's: (0.0999 * 66,000 * 0.999 - 6,000) / 10,000 a unit.
  t.regex(output, /After: 10,586\.80 USDC in all, 1\.05868066 a unit/);
  t.regex(output, /5,000\.00 \/ 1\.05868066 = 4,722\.85948814 units/);
  for (const entry of ['redemption_fixed', 'staging_sent', 'staging_done', 'withdrawal_paid'])
    t.regex(output, new RegExp(`ledger  ${entry}: `));
  t.regex(output, /status  completed[^]*Paid: 1,499\.50 USDC arrive/);
  t.regex(output, /Grace rejects it: 0\.0+ units are locked, and 4,000\.0+ are Ben's/);
  t.regex(output, /accounts sum to 0 BTC, 0 UNIT, 0 USDC$/m);
  t.is(output.match(/^ {3}OK {4}/gm)?.length, 3);
  t.notRegex(output, /WRONG/);
  t.regex(output, /Everything adds up\.\n$/);
});
