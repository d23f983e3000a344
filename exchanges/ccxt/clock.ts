/** The venue's clock as seen from here; measured once for all accounts of a venue. */
export interface VenueClock {
  /** Epoch ms on the venue's clock. Before the first measurement: this machine's. */
  now: () => number;
  /** Epoch ms that the venue's clock has passed for certain: `now`, less what the measurement may be wrong by. */
  passed: () => number;
  /** Resolves once measured. */
  ready: () => Promise<void>;
  /** Measures again; callers that ask meanwhile share the measurement. */
  resync: () => Promise<void>;
}

/** A measurement this slow, ms, is tried again, so often; the fastest counts. */
const SLOW_MS = 250;
const TRIES = 3;

export function createClock(
  readVenueTime: () => Promise<number>,
  local: () => number = Date.now,
): VenueClock {
  let offset = 0;
  let doubt = 0;
  let measured = false;
  let measuring: Promise<void> | null = null;

  async function measure(): Promise<void> {
    let took = Infinity;
    for (let tries = 0; tries < TRIES && took > SLOW_MS; tries += 1) {
      const sentAt = local();
      // One that fails takes nothing from one that did not.
      const venueTime = await readVenueTime().catch((error: unknown) => {
        if (took === Infinity) throw error;
        return null;
      });
      if (venueTime === null) break;
      const answeredAt = local();
      if (answeredAt - sentAt >= took) continue;
      took = answeredAt - sentAt;
      // The answer was made somewhere between the two.
      offset = Math.round(venueTime - (sentAt + answeredAt) / 2);
      doubt = Math.ceil(took / 2);
    }
    measured = true;
  }

  const resync = (): Promise<void> => {
    measuring ??= measure().finally(() => (measuring = null));
    return measuring;
  };

  return {
    now: () => local() + offset,
    passed: () => local() + offset - doubt,
    ready: () => (measured ? Promise.resolve() : resync()),
    resync,
  };
}
