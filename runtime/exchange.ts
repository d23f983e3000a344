import { join } from 'node:path';
import { startSimulatedExchange } from '../exchanges/simulated/server.ts';
import { readSettings } from './configuration.ts';
import { requireFreePort } from './embedded/ports.ts';
import { runProcess } from './run-process.ts';

/** Its tape is the same in every run that begins with an empty state. */
const SEED = 1;

/** The simulated exchange alone. */
await runProcess('exchange', readSettings, async ({ exchange: settings, dataDir }, log) => {
  const { host, port, feed, symbols, controlToken } = settings;
  await requireFreePort(port, 'EXCHANGE_PORT', 'the simulated exchange', host);
  const exchange = await startSimulatedExchange({
    host,
    port,
    feed,
    symbols,
    seed: SEED,
    stateFile: join(dataDir, 'exchange', 'state.jsonl'),
    controlToken: controlToken ?? null,
    log: (event, fields) => log.info(fields, event),
  });
  return { stop: () => exchange.close() };
});
