import { environment } from './configuration.ts';
import { EXIT_CONFIGURATION, isMistake } from './run-process.ts';
import { startEverything, type Everything } from './supervisor/everything.ts';

/** `npm start`: everything on this machine, from the database to the API, until Ctrl-C. */
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const asked = new Promise<void>((resolve) => {
  // A terminal's Ctrl-C comes more than once (from the terminal, and from npm): the first one counts.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
});
// Whoever read our output may be gone; that is no reason to leave processes behind.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

let everything: Everything | null = null;
try {
  everything = startEverything(environment(), say);
  everything.started.catch(() => undefined);
  await Promise.race([everything.started.then(() => asked), asked]);
  say('Stopping');
  await everything.stop();
  say('Stopped');
  process.exit(0);
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  await everything?.stop();
  process.exit(isMistake(error) ? EXIT_CONFIGURATION : 1);
}
