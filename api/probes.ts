/** What has not answered by then counts as down. */
const PATIENCE_MS = 2_000;

/** Asks a service outside whether it answers: false where it is not set up. Rejects where it fails. */
export type Probe = () => Promise<boolean>;

export const SERVICE_STATES = ['connected', 'not_configured', 'failing'] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

/** Whether it answers within 2 s, and not with false. */
export async function isUp(ask: () => PromiseLike<unknown>): Promise<boolean> {
  const heard = await inTime(ask);
  return heard !== null && heard.said !== false;
}

export async function stateOf(probe: Probe): Promise<ServiceState> {
  const heard = await inTime(probe);
  if (!heard) return 'failing';
  return heard.said ? 'connected' : 'not_configured';
}

/** Null where it rejects or is late. */
async function inTime<T>(ask: () => PromiseLike<T>): Promise<{ said: T } | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, null);
  });
  const heard = Promise.resolve(ask()).then(
    (said) => ({ said }),
    () => null,
  );
  return Promise.race([heard, late]).finally(() => clearTimeout(timer));
}
