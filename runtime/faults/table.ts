import type { Outcome } from './case.ts';

/** Steps by outcomes, for people to read. */
export function tableOf(outcomes: Outcome[]): string {
  const steps = [...new Set(outcomes.map(({ step }) => step))].toSorted();
  const lines = steps.map((name) =>
    line(
      name,
      outcomes.filter(({ step }) => step === name),
    ),
  );
  return [line('step', null), ...lines, line('all', outcomes)].join('\n');
}

function line(name: string, outcomes: Outcome[] | null): string {
  const cells = outcomes
    ? [
        outcomes.length,
        sum(outcomes.map(({ doubled }) => doubled)),
        sum(outcomes.map(({ lost }) => lost)),
        outcomes.filter(({ wrong }) => wrong.length > 0).length,
        ...spread(outcomes.map(({ recoveredMs }) => recoveredMs).filter((ms) => ms !== null)),
      ]
    : ['kills', 'doubled', 'lost', 'failed', 'median s', 'worst s'];
  return name.padEnd(18) + cells.map((cell) => String(cell).padStart(9)).join('');
}

function spread(ms: number[]): string[] {
  const sorted = ms.toSorted((one, other) => one - other);
  const seconds = (value: number | undefined) => (value === undefined ? '-' : (value / 1_000).toFixed(1));
  return [seconds(sorted[Math.floor(sorted.length / 2)]), seconds(sorted.at(-1))];
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
