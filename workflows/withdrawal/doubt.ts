import { CancellationScope, condition } from '@temporalio/workflow';
import { adopt, persist, termsOf, type Actor } from './actor.ts';
import { decisions, moves } from './effects.ts';

/**
 * Learns what became of a sending whose answer was lost: it asks, and never sends. What the exchange does not show in time is
 * shown to people; it is asked on all the same, and goes on by itself once the history tells. `retry`: an admin wants it sent
 * again under its own id.
 */
export async function learn(actor: Actor): Promise<'found' | 'retry' | 'given_up'> {
  for (;;) {
    const found = await askUntilResolved(actor);
    const { resolution } = actor.state;
    actor.state.resolution = null;
    if (found || resolution === null) return 'found';
    if (resolution === 'retry') return 'retry';
    const { withdrawalId } = actor;
    return persist(actor, () => moves('give the sending up').giveUp({ withdrawalId }));
  }
}

/** True once the exchange shows it; false where an admin has decided before. */
async function askUntilResolved(actor: Actor): Promise<boolean> {
  const { withdrawalId, state } = actor;
  let found = false;
  const scope = new CancellationScope();
  const asking = scope.run(() => persist(actor, () => moves('did it arrive?').ask({ withdrawalId })));
  const heard = asking.then(
    () => {
      found = true;
    },
    (error: unknown) => {
      if (!scope.consideredCancelled) throw error;
    },
  );
  const isKnown = () => found || state.resolution !== null;
  if (!(await condition(isKnown, termsOf(actor).patienceMs)))
    adopt(actor, await decisions('show it to people').review({ withdrawalId }));
  await condition(isKnown);
  // Whoever is asking right now may find it still: its word counts.
  scope.cancel();
  await heard;
  return found;
}
