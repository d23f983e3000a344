import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { apiReads } from './api-reads.ts';
import { commands } from './commands.ts';
import { exchangeEngine } from './exchange-engine.ts';
import { exchangeHttp } from './exchange-http.ts';
import { holds, type Figure, type Measurement } from './measurement.ts';
import { recordFill } from './record-fill.ts';
import { startToRunning } from './start-to-running.ts';
import { ratiosFirst, table } from './table.ts';
import { triggerToOrder } from './trigger-to-order.ts';
import { waitingBots } from './waiting-bots.ts';

/**
 * `npm run bench [-- --only NAME]`: every measurement in turn. One JSON object goes to standard output, a table and what is
 * under way to standard error. The exit code is 1 where a bound is broken.
 */
const MEASUREMENTS: readonly Measurement[] = [
  apiReads,
  recordFill,
  exchangeHttp,
  exchangeEngine,
  commands,
  startToRunning,
  triggerToOrder,
  waitingBots,
];

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const chosen = MEASUREMENTS.filter(({ name }) => values.only?.includes(name) ?? true);
if (chosen.length === 0) {
  process.stderr.write(`--only takes ${MEASUREMENTS.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const results: { name: string; what: string; figures: Figure[] }[] = [];
const machine = {
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
  memoryGigabytes: Math.round(totalmem() / 1e9),
  node: process.version,
  loadBefore: loadavg()[0],
};
for (const { name, what, run } of chosen) {
  say(`${name}: ${what}`);
  results.push({ name, what, figures: await run((line) => say(`  ${line}`)) });
}
const ok = results.every(({ figures }) => figures.every(holds));
const measured = results.flatMap(({ name, figures }) =>
  figures.map((figure) => ({ measurement: name, ...figure, holds: holds(figure) })),
);
say(`\n${table(measured)}\n`);
process.stdout.write(
  `${JSON.stringify({ ok, at: new Date().toISOString(), machine, figures: ratiosFirst(measured) }, null, 2)}\n`,
);
process.exit(ok ? 0 : 1);
