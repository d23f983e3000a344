import type { Reason } from './strategy.ts';

/** The reasons to be kept: newest first, one a code, at most `limit`. */
export function mergeReasons(last: readonly Reason[], now: readonly Reason[], limit: number): Reason[] {
  const newest = new Map<string, Reason>();
  for (const reason of [...last, ...now]) {
    const known = newest.get(reason.code);
    if (!known || reason.at >= known.at) newest.set(reason.code, reason);
  }
  return [...newest.values()].sort((a, b) => b.at - a.at).slice(0, limit);
}
