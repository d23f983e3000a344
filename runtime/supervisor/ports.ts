import { ConfigurationError } from '../configuration.ts';
import type { Plan } from './plan.ts';

/** A port that this start will listen on. */
export interface OwnPort {
  port: number;
  /** What moves it. */
  variable: string;
  what: string;
  host: string;
}

/** The ports of all parts that start here. Throws `ConfigurationError` where two of them are the same. */
export function portsOf({ configuration, embedded: starts }: Plan): OwnPort[] {
  const { api, exchange, worker, embedded } = configuration;
  const host = '127.0.0.1';
  const { postgresPort, temporalPort, temporalUiPort } = embedded;
  const ports: OwnPort[] = [{ port: api.port, variable: 'PORT', what: 'the API', host: api.host }];
  if (starts.exchange) ports.push({ ...exchange, variable: 'EXCHANGE_PORT', what: 'the simulated exchange' });
  if (starts.postgres)
    ports.push({ port: postgresPort, variable: 'POSTGRES_PORT', what: 'PostgreSQL', host });
  if (starts.temporal)
    ports.push(
      { port: temporalPort, variable: 'TEMPORAL_PORT', what: 'the Temporal server', host },
      { port: temporalUiPort, variable: 'TEMPORAL_UI_PORT', what: 'the Temporal UI', host },
    );
  if (worker.metricsPort)
    ports.push({ port: worker.metricsPort, variable: 'METRICS_PORT', what: "the worker's metrics", host });
  requireDistinct(ports);
  return ports;
}

function requireDistinct(ports: OwnPort[]): void {
  for (const [at, one] of ports.entries()) {
    const other = ports.slice(0, at).find(({ port }) => port === one.port);
    if (other)
      throw new ConfigurationError(
        `${other.variable} (${other.what}) and ${one.variable} (${one.what}) are both ${one.port}. ` +
          `Choose another with ${one.variable}=<port>.`,
      );
  }
}
