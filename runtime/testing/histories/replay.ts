import { readFile } from 'node:fs/promises';
import { Worker } from '@temporalio/worker';
import { binarySearch } from '../../configuration.ts';
import { workflowBundle } from '../../workflow-bundle.ts';
import { quietTemporal } from '../temporal.ts';
import type { StoredHistory } from './stored.ts';

/** The workflows as they are now, as one script. */
export async function currentCode(): Promise<string> {
  const { codePath } = await workflowBundle(binarySearch().cacheDir);
  return readFile(codePath, 'utf8');
}

/** Replays histories on `code`: what went wrong with each by its name, null where all went as it had. */
export async function replay(
  code: string,
  histories: readonly StoredHistory[],
): Promise<Map<string, Error | null>> {
  quietTemporal();
  const outcomes = new Map<string, Error | null>();
  const results = Worker.runReplayHistories(
    { workflowBundle: { code } },
    histories.map(({ name, history }) => ({ workflowId: name, history })),
  );
  for await (const { workflowId, error } of results) outcomes.set(workflowId, error ?? null);
  return outcomes;
}
