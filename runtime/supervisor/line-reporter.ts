import { forPeople } from '../logging.ts';

/** The same message again within this time is not news. */
const REPEAT_MS = 30_000;

/** Lets through what people should see of the processes' logs: warnings and faults, each once in a while. */
export function lineReporter(say: (line: string) => void): { onLine(line: string): void; quiet(): void } {
  const saidAt = new Map<string, number>();
  let isQuiet = false;
  return {
    onLine(line) {
      if (isQuiet || !/^\{"level":"(WARNING|ERROR|CRITICAL)"/.test(line)) return;
      const text = forPeople(line).trimEnd();
      const message = text.slice('hh:mm:ss '.length).split('\n')[0] ?? '';
      const now = Date.now();
      if (now - (saidAt.get(message) ?? 0) < REPEAT_MS) return;
      saidAt.set(message, now);
      say(text);
    },
    quiet() {
      isQuiet = true;
    },
  };
}
