const CAPACITY = 20_000;

/** One request as the exchange saw it. `status` 0: the connection was cut without an answer. */
export interface LoggedRequest {
  /** Epoch ms on the exchange's clock. */
  at: number;
  ip: string;
  method: string;
  path: string;
  account: string | null;
  clientOrderId: string | null;
  status: number;
  code: number | null;
  retryAfterSeconds: number | null;
}

/** The newest requests, so that it can be shown that a ban or a Retry-After was obeyed. */
export class RequestLog {
  #entries: LoggedRequest[] = [];
  #next = 0;

  add(entry: LoggedRequest): void {
    if (this.#entries.length < CAPACITY) this.#entries.push(entry);
    else this.#entries[this.#next] = entry;
    this.#next = (this.#next + 1) % CAPACITY;
  }

  /** Oldest first, those after `since` (epoch ms). */
  list(since: number): LoggedRequest[] {
    const ordered =
      this.#entries.length < CAPACITY
        ? this.#entries
        : [...this.#entries.slice(this.#next), ...this.#entries.slice(0, this.#next)];
    return ordered.filter((entry) => entry.at > since);
  }
}
