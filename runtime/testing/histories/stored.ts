import { readdir, readFile } from 'node:fs/promises';

/** Where the stored histories are. */
export const HISTORIES = new URL('../../../workflows/histories/', import.meta.url);

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
      const history = JSON.parse(await readFile(new URL(`${name}.json`, HISTORIES), 'utf8')) as Started;
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
