/** Which of a bot's watches this is: a later turn, or a later attempt of the same turn, comes after. */
export interface Rank {
  turn: number;
  attempt: number;
}

export interface Reign {
  /** Aborted where a watch that comes after has begun in this process. */
  over: AbortSignal;
  /** This watch has ended. */
  end(): void;
}

/**
 * A bot's next watch ends the one before, which would hear of its cancellation only with its next heartbeat. A watch that
 * was overtaken before it began ends no other; that it is too late it learns where it writes.
 */
export function createSuccession(): (botId: string, rank: Rank) => Reign {
  const reigning = new Map<string, { rank: Rank; controller: AbortController }>();
  return (botId, rank) => {
    const controller = new AbortController();
    const own = { rank, controller };
    const before = reigning.get(botId);
    if (!before || !isEarlier(rank, before.rank)) {
      before?.controller.abort();
      reigning.set(botId, own);
    }
    return {
      over: controller.signal,
      end() {
        if (reigning.get(botId) === own) reigning.delete(botId);
      },
    };
  };
}

function isEarlier(a: Rank, b: Rank): boolean {
  return a.turn === b.turn ? a.attempt < b.attempt : a.turn < b.turn;
}
