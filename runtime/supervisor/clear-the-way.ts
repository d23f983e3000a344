import { join } from 'node:path';
import { endLeftover } from '../embedded/leftovers.ts';
import { requireFreePort } from '../embedded/ports.ts';
import { clusterFolder } from '../embedded/postgres.ts';
import type { DataFolder } from './data-folder.ts';
import type { Plan } from './plan.ts';

/** Ends what a start that was killed left behind, then makes sure that every port is free. Throws `PortInUse`. */
export async function clearTheWay(
  { configuration, embedded: parts }: Plan,
  folder: DataFolder,
): Promise<void> {
  const { api, exchange, embedded } = configuration;
  const cluster = clusterFolder(folder.path('postgres'));
  await Promise.all([
    ...['api', 'worker', 'exchange'].map((name) => endLeftover(folder.pidFile(name), `runtime/${name}`)),
    endLeftover(folder.pidFile('temporal'), 'start-dev'),
    endLeftover(join(cluster, 'postmaster.pid'), cluster),
  ]);
  await requireFreePort(api.port, 'PORT', 'the API', api.host);
  if (parts.exchange)
    await requireFreePort(exchange.port, 'EXCHANGE_PORT', 'the simulated exchange', exchange.host);
  if (parts.postgres) await requireFreePort(embedded.postgresPort, 'POSTGRES_PORT', 'PostgreSQL');
  if (!parts.temporal) return;
  await requireFreePort(embedded.temporalPort, 'TEMPORAL_PORT', 'the Temporal server');
  await requireFreePort(embedded.temporalUiPort, 'TEMPORAL_UI_PORT', 'the Temporal UI');
}
