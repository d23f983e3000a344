/** One number that a measurement found. */
export interface Figure {
  /** What it says, for the table: `p99 of a command`. */
  name: string;
  value: number;
  /** `x` for a ratio of two things measured in turns in the same run: what counts on any machine. */
  unit: 'x' | 'ms' | 's' | '1/s' | 'MB' | 'cores' | 'events' | 'us' | 'KB' | 'answers' | 'messages';
  /** Inclusive. A figure without one is told, not judged. */
  bound?: { atMost: number } | { atLeast: number };
}

/** One thing measured; servers it needs are its own, on loopback, and end with it. */
export interface Measurement {
  /** For `--only`. */
  name: string;
  what: string;
  run(say: (line: string) => void): Promise<Figure[]>;
}

export function holds({ value, bound }: Figure): boolean {
  if (!bound) return true;
  return 'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast;
}

/** The value that `share` of them do not exceed, 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
