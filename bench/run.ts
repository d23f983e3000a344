import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { apiReads } from './api-reads.ts';
import { auditEntry } from './audit-entry.ts';
import { commands } from './commands.ts';
import { exchangeEngine } from './exchange-engine.ts';
import { exchangeHttp } from './exchange-http.ts';
import { fundReads } from './fund-reads.ts';
import { ledger } from './ledger.ts';
import { liveUpdates } from './live-updates.ts';
import { holds, type Measurement } from './measurement.ts';
import { watchOthers } from './processes.ts';
import { notifications } from './notifications.ts';
import { recordFill } from './record-fill.ts';
import { signIns } from './sign-ins.ts';
import { startToRunning } from './start-to-running.ts';
import { ratiosFirst, table, type Measured } from './table.ts';
import { triggerToOrder } from './trigger-to-order.ts';
import { waitingBots } from './waiting-bots.ts';

/**
 * `npm run bench [-- --only NAME]`: every measurement in turn. One JSON object goes to standard output, a table and what is
 * under way to standard error. The exit code is 1 where a bound is broken.
 */
const MEASUREMENTS: readonly Measurement[] = [
  apiReads,
  signIns,
  recordFill,
  auditEntry,
  ledger,
  fundReads,
  liveUpdates,
  notifications,
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
const measured: Measured[] = [];
/** What came to no figure, and how busy the rest of the machine was, in cores: a busy one disturbs what is not a ratio. */
const failed: { measurement: string; error: string }[] = [];
const disturbance: Record<string, number> = {};
for (const { name, what, run } of chosen) {
  say(`${name}: ${what}`);
  const others = watchOthers();
  try {
    const figures = await run((line) => say(`  ${line}`));
    measured.push(...figures.map((figure) => ({ measurement: name, ...figure, holds: holds(figure) })));
  } catch (error) {
    say(`  failed: ${String(error)}`);
    failed.push({ measurement: name, error: String(error) });
  }
  disturbance[name] = others();
  say(`  the rest of the machine used ${disturbance[name].toFixed(2)} cores meanwhile`);
}
const ok = failed.length === 0 && measured.every((figure) => figure.holds);
const machine = {
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
  memoryGigabytes: Math.round(totalmem() / 1e9),
  node: process.version,
};
const report = {
  ok,
  at: new Date().toISOString(),
  machine,
  disturbance,
  failed,
  figures: ratiosFirst(measured),
};
say(`\n${table(measured)}\n`);
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
process.exit(ok ? 0 : 1);
