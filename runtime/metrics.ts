import { createServer } from 'node:http';
import type { Knex } from 'knex';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { readFreeze } from '../db/fund/dealing.ts';

/** A registry of this process's own, with Node's figures and how the fund stands in it. `service` is on every series. */
export function createMetrics(service: string, knex: Knex): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  addFundFrozen(registry, knex);
  return registry;
}

/** Read whenever it is asked for; without a value where the database is away. */
function addFundFrozen(registry: Registry, knex: Knex): void {
  new Gauge({
    ...{ name: 'fund_frozen', registers: [registry] },
    help: '1 where dealing in the fund is frozen, 0 where it is not; the same from every process',
    async collect() {
      try {
        this.set((await readFreeze(knex)) === null ? 0 : 1);
      } catch {
        this.remove();
      }
    },
  });
}

/** Serves `/metrics` for a process that has no HTTP of its own. Rejects where the port is taken. */
export async function serveMetrics(registry: Registry, port: number): Promise<{ close(): void }> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    void registry.metrics().then((text) => {
      response.writeHead(200, { 'Content-Type': registry.contentType }).end(text);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  server.unref();
  return server;
}
