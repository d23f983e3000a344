import { ActivityNotFoundError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import { listWatchedBots } from '../db/bots.ts';
import { claimSilentWorkers, forgetWorker, keepWorker, resignWorker } from '../db/workers.ts';
import { botWorkflowId, WATCH_ACTIVITY } from '../workflows/messages.ts';

export interface LostWorkersOptions {
  knex: Knex;
  client: Client;
  /** Of this worker; its activities bear it. */
  identity: string;
  onFault?: (error: unknown) => void;
}

const BEAT_MS = 2_000;
/** Four beats missed. */
const SILENT_MS = 8_000;
/** After a database that was away everybody is late: they are given time to speak before anybody is called lost. */
const STEADY_BEATS = 2;
const RELEASED_AT_ONCE = 8;
const DEADLINE_MS = 3_000;

/**
 * Says every 2 s that this worker is alive, and releases the watches of those that stay silent, so that they are taken up
 * again within some 10 s: one heartbeat a worker does what one a bot would cost a thousand of. Call what is returned
 * when this worker has ended.
 */
export function watchForLostWorkers(options: LostWorkersOptions): () => Promise<void> {
  const { knex, identity, onFault } = options;
  let steady = 0;
  let beating = beat();
  let releasing: Promise<void> | null = null;
  const timer = setInterval(() => (beating = beating.then(beat)), BEAT_MS);

  async function beat(): Promise<void> {
    try {
      await keepWorker(knex, { identity, processId: process.pid });
      steady += 1;
    } catch (error) {
      steady = 0;
      onFault?.(error);
    }
    // Beside the beats: it may take longer than this worker may be silent.
    if (steady >= STEADY_BEATS)
      releasing ??= releaseLost(options)
        .catch((error: unknown) => onFault?.(error))
        .finally(() => (releasing = null));
  }

  return async () => {
    clearInterval(timer);
    await beating;
    await releasing;
    // A watch may have ended without its worker's being able to say so: whoever is left looks.
    await resignWorker(knex, identity).catch(() => undefined);
  };
}

async function releaseLost({ knex, client }: LostWorkersOptions): Promise<void> {
  for (const lost of await claimSilentWorkers(knex, SILENT_MS)) {
    const ids = await listWatchedBots(knex);
    const hand = async (): Promise<void> => {
      for (let id = ids.pop(); id !== undefined; id = ids.pop()) await releaseWatch(client, id, lost);
    };
    await Promise.all(Array.from({ length: RELEASED_AT_ONCE }, hand));
    await forgetWorker(knex, lost);
  }
}

/** Fails the bot's watch where the lost worker had it: Temporal hands it to another at once. */
async function releaseWatch(client: Client, botId: string, lost: string): Promise<void> {
  const workflowId = botWorkflowId(botId);
  const handle = client.workflow.getHandle(workflowId);
  try {
    const { raw, runId } = await client.withDeadline(Date.now() + DEADLINE_MS, () => handle.describe());
    const watched = raw.pendingActivities?.find(
      ({ activityType, lastWorkerIdentity }) =>
        activityType?.name === WATCH_ACTIVITY && lastWorkerIdentity === lost,
    );
    const activityId = watched?.activityId;
    if (!activityId) return;
    const failure = ApplicationFailure.create({ message: 'Its worker is lost', nextRetryDelay: 1 });
    await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      client.activity.fail({ workflowId, runId, activityId }, failure),
    );
  } catch (error) {
    // Ended meanwhile, or taken up already.
    if (!(error instanceof WorkflowNotFoundError || error instanceof ActivityNotFoundError)) throw error;
  }
}
