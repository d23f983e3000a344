/** The longest piece of a history that is told by a client's id: less than seven days. */
const WEEK_MS = 7 * 86_400_000 - 1_000;
/** What was asked for at a time by this machine's clock may be a little earlier by the venue's. */
const CLOCKS_DIFFER_MS = 60_000;

/**
 * The pieces of a history, as a query asks for them, that together hold what was sent since then (epoch ms). The last week is always
 * among them: whatever the clocks say, what was sent just now is seen.
 */
export function* weeksSince(since: number, now: number): Generator<{ startTime: string; endTime: string }> {
  const first = Math.min(since - CLOCKS_DIFFER_MS, now - WEEK_MS + 2 * CLOCKS_DIFFER_MS);
  for (let start = first; start < now; start += WEEK_MS)
    yield { startTime: String(start), endTime: String(start + WEEK_MS) };
}
