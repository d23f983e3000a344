import { startHub, type Hub, type HubDependencies } from '../api/live/hub.ts';
import { placeEvents, type Alongside } from '../db/event-stream.ts';

interface LiveUpdates {
  hub: Hub;
  /** Closes every WebSocket, then ends the rest. */
  end(): Promise<void>;
}

/** Gives events their places, with what is written `alongside` them, and tells the clients of this process of them. */
export async function startLiveUpdates({
  alongside,
  ...dependencies
}: HubDependencies & { alongside: Alongside }): Promise<LiveUpdates> {
  const { knex, databaseUrl: url, log } = dependencies;
  const hub = await startHub(dependencies);
  const placing = placeEvents({
    ...{ knex, url, alongside },
    onFault: (error) => log.warn({ err: error }, 'Events are given their places late: trying again'),
  });
  return {
    hub,
    async end() {
      await hub.close();
      await placing.end();
    },
  };
}
