import type { Logger } from 'pino';

/** What a request carries through the middleware. */
export interface ApiState {
  requestId: string;
  /** A logger that writes the request's id with every line. */
  log(): Logger;
  /** The declared path of the route that serves it, for metrics. */
  route?: string;
}
