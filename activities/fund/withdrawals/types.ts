import type { Resolution, WithdrawalStanding, WithdrawalTerms } from '../../../workflows/messages.ts';

/** A command as its activity is given it. */
interface Asked {
  withdrawalId: string;
  commandId: string;
}

/** What needs the database and public prices only. Each may be repeated: a command carried out before changes nothing. */
export interface WithdrawalDecisions {
  /** Fails with `gone` for an id that is none's. */
  loadWithdrawal(input: {
    withdrawalId: string;
  }): Promise<{ standing: WithdrawalStanding; terms: WithdrawalTerms }>;
  /**
   * Writes an approval; where it makes enough, values the fund and fixes the redemption in the same transaction. `by` null:
   * the policy asks nobody. Fails with `CommandRefused` where the request or the fund does not allow it: nothing is written.
   */
  approve(input: Asked & { by: string | null; digest: string }): Promise<WithdrawalStanding>;
  /** Ends a request that is not under way yet and frees its units. Fails with `CommandRefused`. */
  close(
    input: Asked & { by: string | null; as: 'reject' | 'cancel' | 'expire'; reason: string | null },
  ): Promise<WithdrawalStanding>;
  /**
   * Gives the units back of a request that was rejected after its approval. Fails with `CommandRefused` while nothing is
   * dealt; may be repeated.
   */
  takeBack(input: { withdrawalId: string }): Promise<WithdrawalStanding>;
  /**
   * For a `send` that ended without an answer: where it never committed its attempt, that is done in its place, so that it
   * never sends, and nothing was sent.
   */
  forestall(input: { withdrawalId: string; attempt: number }): Promise<'not_begun' | 'unknown'>;
  /** A sending that is still in doubt is shown to people. */
  review(input: { withdrawalId: string }): Promise<WithdrawalStanding>;
  /** Writes down what an admin has decided about a sending in doubt. Fails with `CommandRefused` where it is in none. */
  resolve(input: Asked & { by: string; outcome: Resolution }): Promise<WithdrawalStanding>;
}

/** `over`: the request ended before; `refused`: nothing was moved, and nothing will be. */
export type Staged = { outcome: 'done' | 'over' } | { outcome: 'refused'; reason: string };

export type Sent =
  | { outcome: 'accepted' }
  | { outcome: 'unknown' }
  /** Nothing went out: what was to be sent is in the sub-account. `again`: later it may go. */
  | { outcome: 'again'; reason: string }
  | { outcome: 'refused'; reason: string };

/** What needs the treasury's keys. */
export interface WithdrawalMoves {
  /** From main to the holder's sub-account. May be repeated: one transfer, whatever happens. */
  stage(input: { withdrawalId: string; transferId: string }): Promise<Staged>;
  /**
   * Commits the attempt, looks the id up, sends once. One attempt of the activity only: a failure says nothing of what was
   * sent, and an attempt on record is never made again.
   */
  send(input: { withdrawalId: string; attempt: number }): Promise<Sent>;
  /** Asks for the withdrawal until the exchange shows it; never sends. */
  ask(input: { withdrawalId: string }): Promise<void>;
  /**
   * For a sending in doubt that an admin gives up: what an attempt had moved goes back to the sub-account, unless the
   * exchange knows the withdrawal.
   */
  giveUp(input: { withdrawalId: string }): Promise<'given_up' | 'found'>;
  /** Waits until the withdrawal has ended at the exchange, and records it. */
  confirm(input: { withdrawalId: string }): Promise<'completed' | 'came_to_nothing'>;
  /**
   * Puts the money back to main, where it is not there yet, and gives the holder units for it: the request has failed.
   * `from`: where it is, unless its way back has begun. May be repeated. Where the exchange has taken the transfer in vain the
   * request is still `returning`: the next attempt needs an id of its own.
   */
  refund(input: {
    withdrawalId: string;
    transferId: string;
    from: 'sub' | 'main';
    /** For people, where none is on record yet. */
    reason: string;
  }): Promise<WithdrawalStanding>;
}
