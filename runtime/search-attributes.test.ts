import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import test from 'ava';
import { SEARCH_ATTRIBUTES } from '../workflows/messages.ts';
import { ensureSearchAttributes } from './search-attributes.ts';
import { freshTemporal } from './testing/temporal.ts';

test('a namespace that knows nothing of us learns our search attributes, from two processes at once', async (t) => {
  const { address } = await freshTemporal(t);
  const connection = await Connection.connect({ address });
  t.teardown(() => connection.close());
  const namespace = await bareNamespace(connection);
  t.deepEqual(await ours(connection, namespace), []);
  await Promise.all([1, 2].map(() => ensureSearchAttributes(connection, namespace)));
  await ensureSearchAttributes(connection, namespace);
  t.deepEqual(await ours(connection, namespace), [...SEARCH_ATTRIBUTES].toSorted());
});

async function bareNamespace(connection: Connection): Promise<string> {
  const namespace = `bare-${randomUUID()}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      await connection.operatorService.listSearchAttributes({ namespace });
      return namespace;
    } catch (error) {
      // Known to the registry, not yet to every part of the server.
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

async function ours(connection: Connection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return SEARCH_ATTRIBUTES.filter((name) => name in customAttributes).toSorted();
}
