import type { Scope } from './database.ts';

/** Ends what was started for `work`, the last first, as AVA does for a test. */
export async function scoped<T>(work: (t: Scope) => Promise<T>): Promise<T> {
  const ends: (() => unknown)[] = [];
  try {
    return await work({ teardown: (end) => void ends.unshift(end) });
  } finally {
    for (const end of ends) await end();
  }
}
