import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { startTestPostgres } from '../database.ts';
import { scoped } from '../scoped.ts';
import { startStack, type Stack } from '../stack.ts';
import { startTestTemporal } from '../temporal.ts';
import type { Course } from './course.ts';
import { COURSES } from './courses.ts';
import { scrub } from './scrub.ts';
import { HISTORIES, storedNames } from './stored.ts';

/**
 * `npm run histories [-- name...]`: records the courses anew, all or those named, on the real stack, and stores what the
 * Temporal server kept of them. For a new course; what is stored is otherwise left as it is, for it stands for the bots
 * that run already.
 */
const names = process.argv.slice(2);
const unknown = names.filter((name) => !COURSES.some((course) => course.name === name));
if (unknown.length > 0) throw new Error(`There is no course named ${unknown.join(', ')}`);
const [postgres, temporal] = await Promise.all([startTestPostgres(), startTestTemporal()]);
try {
  for (const course of COURSES) if (names.length === 0 || names.includes(course.name)) await record(course);
} finally {
  await Promise.all([postgres.stop(), temporal.stop()]);
}

async function record(course: Course): Promise<void> {
  await scoped(async (t) => {
    const stack = await startStack(t, { postgres, temporal, ...course.options });
    const runs = await runsOf(stack, await course.run(stack));
    for (const name of await storedNames())
      if (name === course.name || name.startsWith(`${course.name}-run-`))
        await rm(join(HISTORIES, `${name}.json`));
    for (const [at, run] of runs.entries()) {
      const name = runs.length === 1 ? course.name : `${course.name}-run-${at + 1}`;
      await writeFile(join(HISTORIES, `${name}.json`), `${JSON.stringify(run)}\n`);
      process.stdout.write(`${name}: ${run.events.length} events\n`);
    }
  });
}

interface Recorded {
  events: unknown[];
}

/** The histories of a workflow, oldest run first, once nothing is being decided any more. */
async function runsOf({ temporal: { client }, until }: Stack, workflowId: string): Promise<Recorded[]> {
  const newest = await until('the workflow to come to rest', async () => {
    const { raw, runId } = await client.workflow.getHandle(workflowId).describe();
    // A run that follows another may begin a second later.
    const hasBegun = Number(raw.workflowExecutionInfo?.historyLength) > 2;
    return hasBegun && !raw.pendingWorkflowTask && runId;
  });
  const runs: Recorded[] = [];
  for (let runId: string | null | undefined = newest; runId;) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.unshift(scrub(JSON.parse(historyToJSON(history))) as Recorded);
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  }
  return runs;
}
