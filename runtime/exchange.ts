import { join } from 'node:path';
import { listingOf } from '../exchanges/simulated/markets.ts';
import { startSimulatedExchange } from '../exchanges/simulated/server.ts';
import { ConfigurationError, readSettings } from './configuration.ts';
import { requireFreePort } from './embedded/ports.ts';
import { runProcess } from './run-process.ts';

/** Its tape is the same in every run that begins with an empty state. */
const SEED = 1;

/** The simulated exchange alone. */
await runProcess('exchange', readSettings, async ({ exchange: settings, dataDir }, log) => {
  const { host, port, feed, symbols, controlToken } = settings;
  await requireFreePort(port, 'EXCHANGE_PORT', 'the simulated exchange', host);
  await named('PAPER_SYMBOLS: ', () => symbols.map(listingOf));
  const exchange = await named('The simulated exchange (PAPER_FEED): ', () =>
    startSimulatedExchange({
      host,
      port,
      feed,
      symbols,
      seed: SEED,
      stateFile: join(dataDir, 'exchange', 'state.jsonl'),
      controlToken: controlToken ?? null,
      log: (event, fields) => log.info(fields, event),
    }),
  );
  return { stop: () => exchange.close() };
});

/** What a person got wrong comes as a plain Error with a sentence, faults as others or with a code. */
async function named<T>(what: string, start: () => T | Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof Error) || error.constructor !== Error || 'code' in error) throw error;
    const sentence = error.message.startsWith('PAPER_') ? error.message : `${what}${error.message}`;
    throw new ConfigurationError(sentence, { cause: error });
  }
}
