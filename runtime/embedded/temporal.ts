import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../workflows/messages.ts';
import { endLeftover } from './leftovers.ts';
import { startService, type Service } from './service.ts';

export interface TemporalOptions {
  /** The Temporal command line, from `findTemporalBinary`. */
  binary: string;
  port: number;
  /** Null: no web interface. */
  uiPort: number | null;
  /** Where the histories are kept; null: in memory. */
  databaseFile: string | null;
  logFile: string;
  /** Holds the server's pid, so that the next start can end what a killed run left. */
  pidFile?: string;
  /** For tests: this folder goes when the server ends. */
  throwAway?: string;
  /** Further dynamic configuration, `key=JSON`. */
  settings?: string[];
}

export interface EmbeddedTemporal extends Service {
  address: string;
}

const START_PATIENCE_MS = 60_000;

/** Two defaults throttle timers to a few a second; the third makes a 10 ms timer take 10 ms instead of 1 s. */
const SETTINGS = [
  'history.timerProcessorMaxPollRPS=1000',
  'history.timerProcessorMaxPollHostRPS=5000',
  'history.timerProcessorMaxTimeShift="1ms"',
];

/** Runs Temporal's dev server on loopback. Resolves when it answers and knows our search attributes. */
export async function startTemporal(options: TemporalOptions): Promise<EmbeddedTemporal> {
  if (options.pidFile) await endLeftover(options.pidFile, 'start-dev');
  const service = startService({
    command: options.binary,
    args: argumentsFor(options),
    logFile: options.logFile,
    stopSignal: 'SIGTERM',
    ...(options.throwAway && { removeAfter: options.throwAway }),
  });
  if (options.pidFile) writeFileSync(options.pidFile, String(service.pid));
  const address = `127.0.0.1:${options.port}`;
  await answering(service, address, options.logFile);
  return { ...service, address };
}

function argumentsFor({ port, uiPort, databaseFile, settings = [] }: TemporalOptions): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'],
    ...(uiPort === null ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-disable-news-fetch']),
    ...(databaseFile === null
      ? []
      : [
          '--db-filename',
          databaseFile,
          '--sqlite-pragma',
          'journal_mode=wal',
          '--sqlite-pragma',
          'synchronous=normal',
        ]),
    ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    ...[...SETTINGS, ...settings].flatMap((setting) => ['--dynamic-config-value', setting]),
  ];
}

async function answering(service: Service, address: string, logFile: string): Promise<void> {
  const deadline = Date.now() + START_PATIENCE_MS;
  while (!(await isReady(address))) {
    if (!service.isRunning() || Date.now() > deadline) {
      await service.stop();
      const said = readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join('\n');
      throw new Error(`The Temporal server did not start. Its log ends (${logFile}):\n${said}`);
    }
    await sleep(100);
  }
}

async function isReady(address: string): Promise<boolean> {
  const connection = Connection.lazy({ address, connectTimeout: '1s' });
  try {
    const { customAttributes } = await connection.withDeadline(Date.now() + 2_000, () =>
      connection.operatorService.listSearchAttributes({ namespace: 'default' }),
    );
    return SEARCH_ATTRIBUTES.every((name) => name in customAttributes);
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}
