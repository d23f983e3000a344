import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../../workflows/messages.ts';
import { binarySearch, testServers } from '../configuration.ts';
import { freePort } from '../embedded/ports.ts';
import { findTemporalBinary } from '../embedded/temporal-binary.ts';
import { startTemporal, type EmbeddedTemporal, type TemporalOptions } from '../embedded/temporal.ts';
import type { Scope } from './database.ts';

export interface TestTemporal {
  address: string;
  /** This test's own: task queues of the same name elsewhere are others. */
  namespace: string;
  client: Client;
  /** For `Worker.create`. */
  connection: NativeConnection;
}

/**
 * A namespace of its own, with our search attributes, on a real Temporal server: the runner's, or one started on first
 * use for this process; one of its own with dynamic configuration (`key=JSON`), which ends with the test; or one given.
 * Connections are closed at its end.
 */
export async function freshTemporal(
  t: Scope,
  own?: string[] | Pick<EmbeddedTemporal, 'address'>,
): Promise<TestTemporal> {
  const at = await (Array.isArray(own) ? ownServer(t, own) : (own?.address ?? sharedServer()));
  const namespace = `test-${randomUUID()}`;
  const connection = await Connection.connect({ address: at });
  await makeNamespace(connection, namespace);
  quietTemporal();
  const native = await NativeConnection.connect({ address: at });
  t.teardown(async () => {
    await native.close();
    await connection.close();
  });
  return { address: at, namespace, client: new Client({ connection, namespace }), connection: native };
}

/** A throw-away Temporal server, in memory unless its histories are `kept` in a file for the next one on its port. */
export async function startTestTemporal(
  settings: string[] = [],
  kept: Partial<Pick<TemporalOptions, 'port' | 'databaseFile'>> = {},
): Promise<EmbeddedTemporal> {
  const folder = mkdtempSync(join(tmpdir(), 'perpetua-test-'));
  return startTemporal({
    binary: await findTemporalBinary({
      ...binarySearch(),
      report: (line) => process.stderr.write(`${line}\n`),
    }),
    port: kept.port ?? (await freePort()),
    uiPort: null,
    databaseFile: kept.databaseFile ?? null,
    logFile: join(folder, 'temporal.log'),
    throwAway: folder,
    settings: [
      'system.namespaceCacheRefreshInterval="100ms"',
      'system.forceSearchAttributesCacheRefreshOnRead=true',
      ...settings,
    ],
  });
}

/** The server suggests to continue as new after so few events that a bot's round trip takes several runs. */
export const SHORT_RUNS = ['limit.historyCount.suggestContinueAsNew=40'];

let address: Promise<string> | null = null;

function sharedServer(): Promise<string> {
  address ??= Promise.resolve(
    testServers().temporalAddress ?? startTestTemporal().then((server) => server.address),
  );
  return address;
}

async function ownServer(t: Scope, settings: string[]): Promise<string> {
  const server = await startTestTemporal(settings);
  t.teardown(() => server.stop());
  return server.address;
}

let quiet = false;

/** The SDK's own log would drown the test report; what matters is asserted. */
export function quietTemporal(): void {
  if (quiet) return;
  quiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'OFF', forward: {} } },
  });
}

async function makeNamespace(connection: Connection, namespace: string): Promise<void> {
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const searchAttributes = Object.fromEntries(SEARCH_ATTRIBUTES.map((name) => [name, KEYWORD]));
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
      return;
    } catch (error) {
      // Known to the registry, not yet to every part of the server.
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

/** `IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const KEYWORD = 2;
