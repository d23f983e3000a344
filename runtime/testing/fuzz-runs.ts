import { environment } from '../configuration.ts';

/** How many requests a fuzz test makes: FUZZ_RUNS, else few enough for every run of the suite. */
export function fuzzRuns(): number {
  return Number(environment()['FUZZ_RUNS'] ?? 500);
}
