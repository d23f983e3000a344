/** How a stream lives: told of its faults, kept off the venue while the venue wants to be left alone. */
export interface StreamSetting {
  /** What went wrong, and it is being put right; never anything to handle. */
  onFault(stream: string, error: unknown): void;
  /** No new connection for this long, ms. */
  closedForMs(): number;
  /** Resolves when ccxt knows what it must before it can stream. */
  ready(): Promise<void>;
  /** How long a stream that nobody listens to is kept for the next who does, ms: a bot listens anew for each decision. */
  lingerMs: number;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Runs `session` again whenever it ends, until stopped: first after some 250 ms, then twice as long each time up to 30 s, with
 * jitter so that a thousand streams do not come back at once. `session` calls `healthy` when data flows.
 */
export function keepStreaming(
  name: string,
  setting: StreamSetting,
  session: (healthy: () => void, stopped: () => boolean) => Promise<void>,
): () => void {
  let stopped = false;
  let wake = (): void => {};

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopped) {
      try {
        await setting.ready();
        if (stopped) return;
        await session(
          () => (failures = 0),
          () => stopped,
        );
      } catch (error) {
        if (!stopped) setting.onFault(name, error);
      }
      if (stopped) return;
      const backOff = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures++, 10));
      await pause(Math.max(backOff * (0.5 + Math.random()), setting.closedForMs()));
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => (clearTimeout(timer), resolve());
    });
  }

  void run();
  return () => {
    stopped = true;
    wake();
  };
}

/** Listeners of one shared stream, which runs while there is one and a while longer. A listener that throws harms nobody else. */
export interface Shared<Event> {
  add(listener: (event: Event) => void): () => void;
  readonly size: number;
  /** Ends the stream; its listeners hear no more. */
  end(): void;
}

export interface Sharing<Event> {
  /** Starts the stream; returns what ends it. */
  start(emit: (event: Event) => void): () => void;
  onFault(error: unknown): void;
  lingerMs: number;
  /** What somebody who comes to a running stream must know of it. */
  greet?(): Event[];
  onEnd?(): void;
}

export function share<Event>({ start, onFault, lingerMs, greet, onEnd }: Sharing<Event>): Shared<Event> {
  const listeners = new Map<symbol, (event: Event) => void>();
  let stop: (() => void) | null = null;
  let lingering: NodeJS.Timeout | undefined;

  const tell = (listener: (event: Event) => void, event: Event): void => {
    try {
      listener(event);
    } catch (error) {
      onFault(error);
    }
  };
  const end = (): void => {
    clearTimeout(lingering);
    listeners.clear();
    if (!stop) return;
    stop();
    stop = null;
    onEnd?.();
  };
  const emit = (event: Event): void => {
    for (const listener of [...listeners.values()]) tell(listener, event);
  };
  const welcome = (key: symbol): void => {
    for (const event of greet?.() ?? []) {
      const listener = listeners.get(key);
      if (listener) tell(listener, event);
    }
  };

  return {
    get size() {
      return listeners.size;
    },
    add(listener) {
      const key = Symbol('listener');
      listeners.set(key, listener);
      clearTimeout(lingering);
      if (stop) queueMicrotask(() => welcome(key));
      else stop = start(emit);
      return () => {
        if (listeners.delete(key) && listeners.size === 0) lingering = setTimeout(end, lingerMs).unref();
      };
    },
    end,
  };
}
