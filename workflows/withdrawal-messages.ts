import type { WithdrawalStatus } from '../bots/fund/withdrawal-status.ts';

/** The messages of a withdrawal's workflow: all that a door and its activities need to know of it. */
export const WITHDRAWAL_WORKFLOW = 'withdrawal';

export const withdrawalWorkflowId = (withdrawalId: string): string => `withdrawal/${withdrawalId}`;

/** One update for every command; answered once it has been carried out. */
export const WITHDRAWAL_UPDATE = 'withdrawalCommand';

/** The same as signals: idempotent by command id, they work while workers are down. */
export const WITHDRAWAL_SIGNALS = {
  approve: 'approve',
  reject: 'reject',
  cancel: 'cancel',
  resolve: 'resolve',
} as const;

export const WITHDRAWAL_QUERY = 'withdrawal';

/** `retry`: send it again under its own id. `refund`: what was moved goes back, and the holder gets units for it. */
export type Resolution = 'retry' | 'refund';

/** `by`: the user whose word it is, by id. Where they are is on record by the command's id (UUID), not here. */
export type WithdrawalCommand = { commandId: string } & (
  | { name: 'approve'; by: string; /** Of what the admin has seen. */ digest: string }
  | { name: 'reject'; by: string; reason: string }
  | { name: 'cancel'; by: string }
  | { name: 'resolve'; by: string; outcome: Resolution }
);

type Named<N extends WithdrawalCommand['name']> = Extract<WithdrawalCommand, { name: N }>;
/** A signal's argument. Without the id of a command that a door has put on record nothing comes of it. */
export type WithdrawalSignal<N extends WithdrawalCommand['name']> = Omit<Named<N>, 'name'>;

export interface WithdrawalInput {
  withdrawalId: string;
}

/** How a request stands; what every command answers. */
export interface WithdrawalStanding {
  status: WithdrawalStatus;
  step: 'cooling' | 'rejecting' | 'staging' | 'sending' | 'confirming' | 'returning' | null;
  /** Admins who have agreed, by id. */
  approvedBy: string[];
  /** How often it was sent, or was about to be. */
  attempt: number;
  error: string | null;
}

/** What does not change of a request while its workflow lives. */
export interface WithdrawalTerms {
  holderId: string;
  digest: string;
  /** For the Temporal UI: `120.5 USDC by ETH`. */
  summary: string;
  quorum: number;
  /** Epoch ms. */
  expiresAt: number;
  coolingUntil: number | null;
  /** How long the exchange is asked about a sending in doubt before people are, ms. */
  patienceMs: number;
}

/** What the workflow asks of itself: nobody has to approve it, or nobody did in time. */
export type OwnCommand = { commandId: string; name: 'admit' | 'expire' };

/** All that a withdrawal's workflow knows: one plain JSON object. */
export interface WithdrawalState extends WithdrawalStanding {
  version: 1;
  terms: WithdrawalTerms | null;
  /** The last command ids taken, oldest first. */
  seen: string[];
  /** Commands taken and not yet carried out. */
  queue: (WithdrawalCommand | OwnCommand)[];
  /** What an admin has said is to become of a sending in doubt. */
  resolution: Resolution | null;
  /** What keeps it from going on until a person has mended it. */
  attention: string | null;
}
