import { join } from 'node:path';
import { endLeftover } from '../embedded/leftovers.ts';
import { requireFreePort } from '../embedded/ports.ts';
import { clusterFolder } from '../embedded/postgres.ts';
import type { DataFolder } from './data-folder.ts';
import type { Plan } from './plan.ts';
import { portsOf } from './ports.ts';

/**
 * Ends what a start that was killed left behind, then makes sure that every port is free. Throws `PortInUse`, and
 * `ConfigurationError` where two parts are to have one port.
 */
export async function clearTheWay(plan: Plan, folder: DataFolder): Promise<void> {
  const ports = portsOf(plan);
  const cluster = clusterFolder(folder.path('postgres'));
  await Promise.all([
    ...['api', 'worker', 'exchange'].map((name) => endLeftover(folder.pidFile(name), `runtime/${name}`)),
    endLeftover(folder.pidFile('temporal'), 'start-dev'),
    endLeftover(join(cluster, 'postmaster.pid'), cluster),
  ]);
  for (const { port, variable, what, host } of ports) await requireFreePort(port, variable, what, host);
}
