import test from 'ava';
import { keepRunning, type Part } from './keep-running.ts';

test('a part is said to be up when it does its work, and to be back when it does so again', async (t) => {
  const said: string[] = [];
  let end: (reason: string) => void = () => undefined;
  const parts = [part(new Promise((resolve) => (end = resolve))), part(new Promise(() => {}))];
  const kept = await keepRunning({
    name: 'worker',
    start: () => Promise.resolve(parts.shift()!),
    report: (line) => said.push(line),
  });
  t.deepEqual(said, ['worker is up']);
  end('SIGKILL');
  while (!said.includes('worker is back')) await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(said, ['worker is up', 'worker has ended (SIGKILL), starting it again', 'worker is back']);
  await kept.stop(0);
});

test('a part that does not start is not said to be up', async (t) => {
  const said: string[] = [];
  const start = () => Promise.reject(new Error('it ended at once'));
  await t.throwsAsync(keepRunning({ name: 'api', start, report: (line) => said.push(line) }));
  t.deepEqual(said, []);
});

function part(exited: Promise<string>): Part {
  return { exited, stop: () => Promise.resolve() };
}
