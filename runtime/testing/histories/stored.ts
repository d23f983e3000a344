import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from '../../project.ts';

/** Where the stored histories are. */
export const HISTORIES = join(PROJECT, 'workflows/histories');

export interface StoredHistory {
  /** Of its file, without `.json`. */
  name: string;
  workflowType: string;
  /** As Temporal prints it. */
  history: unknown;
}

export async function storedNames(): Promise<string[]> {
  const files = await readdir(HISTORIES);
  return files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
}

/** All of them. */
export async function storedHistories(): Promise<StoredHistory[]> {
  const names = await storedNames();
  return Promise.all(
    names.toSorted().map(async (name) => {
      const history = JSON.parse(await readFile(join(HISTORIES, `${name}.json`), 'utf8')) as Started;
      const [started] = history.events;
      return {
        name,
        workflowType: started.workflowExecutionStartedEventAttributes.workflowType.name,
        history,
      };
    }),
  );
}

interface Started {
  events: [{ workflowExecutionStartedEventAttributes: { workflowType: { name: string } } }];
}
