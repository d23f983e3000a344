import { createServer } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** A registry of this process's own, with Node's figures in it. `service` is on every series. */
export function createMetrics(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
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
