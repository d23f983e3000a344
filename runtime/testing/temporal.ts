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
import { startTemporal, type EmbeddedTemporal } from '../embedded/temporal.ts';
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
 * use for this process. Connections are closed at the end of the test.
 */
export async function freshTemporal(t: Scope): Promise<TestTemporal> {
  address ??= Promise.resolve(
    testServers().temporalAddress ?? startTestTemporal().then((server) => server.address),
  );
  const at = await address;
  const namespace = `test-${randomUUID()}`;
  const connection = await Connection.connect({ address: at });
  await makeNamespace(connection, namespace);
  quietRuntime();
  const native = await NativeConnection.connect({ address: at });
  t.teardown(async () => {
    await native.close();
    await connection.close();
  });
  return { address: at, namespace, client: new Client({ connection, namespace }), connection: native };
}

/** A throw-away Temporal server in memory. */
export async function startTestTemporal(): Promise<EmbeddedTemporal> {
  const folder = mkdtempSync(join(tmpdir(), 'perpetua-test-'));
  return startTemporal({
    binary: await findTemporalBinary({
      ...binarySearch(),
      report: (line) => process.stderr.write(`${line}\n`),
    }),
    port: await freePort(),
    uiPort: null,
    databaseFile: null,
    logFile: join(folder, 'temporal.log'),
    settings: [
      'system.namespaceCacheRefreshInterval="100ms"',
      'system.forceSearchAttributesCacheRefreshOnRead=true',
    ],
  });
}

let address: Promise<string> | null = null;
let quiet = false;

/** The SDK's own log would drown the test report; what matters is asserted. */
function quietRuntime(): void {
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
