/** The venue's clock as seen from here; measured once for all accounts of a venue. */
export interface VenueClock {
  /** Epoch ms on the venue's clock. Before the first measurement: this machine's. */
  now: () => number;
  /** Resolves once measured. */
  ready: () => Promise<void>;
  /** Measures again; callers that ask meanwhile share the measurement. */
  resync: () => Promise<void>;
}

export function createClock(readVenueTime: () => Promise<number>): VenueClock {
  let offset = 0;
  let measured = false;
  let measuring: Promise<void> | null = null;

  async function measure(): Promise<void> {
    const sentAt = Date.now();
    const venueTime = await readVenueTime();
    // The answer was made about half way between the two.
    offset = Math.round(venueTime - (sentAt + Date.now()) / 2);
    measured = true;
  }

  const resync = (): Promise<void> => {
    measuring ??= measure().finally(() => (measuring = null));
    return measuring;
  };

  return {
    now: () => Date.now() + offset,
    ready: () => (measured ? Promise.resolve() : resync()),
    resync,
  };
}
