import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowFailedError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  isGrpcServiceError,
  ServiceError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import {
  BOT_WORKFLOW,
  botWorkflowId,
  COMMAND_UPDATE,
  DEPOSIT_ADDRESS_WORKFLOW,
  depositAddressWorkflowId,
  FAILURES,
  FUND_SIGNALS,
  FUND_UPDATES,
  FUND_WORKFLOW,
  FUND_WORKFLOW_ID,
  QUEUES,
  type BotInput,
  type Command,
  type CommandResult,
  type DepositAddressInput,
  type FundInput,
  type FundView,
  WITHDRAWAL_UPDATE,
  WITHDRAWAL_WORKFLOW,
  withdrawalWorkflowId,
  type WithdrawalCommand,
  type WithdrawalInput,
  type WithdrawalStanding,
} from './messages.ts';

/** Temporal, or every worker, is away. Ask again after `retryAfterSeconds`. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  readonly retryAfterSeconds = 5;
}

/** The bot's state does not allow the command; the message says which state and what is allowed. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
}

/** The bot has been deleted. */
export class BotGone extends Error {
  override readonly name = 'BotGone';
}

/** What a door knows of a bot when it commands it. */
export type BotAddress = Omit<BotInput, 'state'>;

/** Commands to bot workflows, answered within `deadlineMs` or refused with `Unavailable`. */
export interface BotClient {
  /** Starts the bot's workflow where it has none, then answers when the command has been carried out. */
  command(bot: BotAddress, command: Command): Promise<CommandResult>;
  /** True where the Temporal server answers. */
  reachable(): Promise<boolean>;
}

/** The part of a caller's patience that a venue may use up, so that its answer still gets there. */
const VENUE_SHARE = 0.8;

type BotFunction = (input: BotInput) => Promise<void>;

export function createBotClient(client: Client, { deadlineMs = 2_500 } = {}): BotClient {
  return {
    async command(bot, command) {
      const startWorkflowOperation = new WithStartWorkflowOperation<BotFunction>(BOT_WORKFLOW, {
        workflowId: botWorkflowId(bot.botId),
        taskQueue: QUEUES.bots,
        args: [bot],
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `${bot.strategy} on ${bot.symbol} at ${bot.exchange}`,
      });
      try {
        return await client.withDeadline(Date.now() + deadlineMs, () =>
          client.workflow.executeUpdateWithStart<BotFunction, CommandResult, [Command]>(COMMAND_UPDATE, {
            args: [{ ...command, patienceMs: deadlineMs * VENUE_SHARE }],
            updateId: command.commandId,
            startWorkflowOperation,
          }),
        );
      } catch (error) {
        throw explained(error);
      }
    },

    async reachable() {
      try {
        await client.withDeadline(Date.now() + deadlineMs, () => client.connection.ensureConnected());
        await client.withDeadline(Date.now() + deadlineMs, () => client.workflowService.getSystemInfo({}));
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** What a door asks of the fund's money. */
export interface DepositClient {
  /** Once it resolves, the holder's address on the network is on record. Throws `Unavailable`. */
  openAddress(of: DepositAddressInput): Promise<void>;
}

export function createDepositClient(client: Client, { deadlineMs = 2_500 } = {}): DepositClient {
  return {
    async openAddress(of) {
      try {
        await client.withDeadline(Date.now() + deadlineMs, () =>
          client.workflow.execute<DepositAddressFunction>(DEPOSIT_ADDRESS_WORKFLOW, {
            workflowId: depositAddressWorkflowId(of),
            taskQueue: QUEUES.bots,
            args: [of],
            // Asked again while it is on its way: the same one.
            workflowIdConflictPolicy: 'USE_EXISTING',
          }),
        );
      } catch (error) {
        if (error instanceof WorkflowFailedError)
          throw new Unavailable('The exchange gives no address right now. Try again in a few seconds.');
        throw explained(error);
      }
    },
  };
}

type DepositAddressFunction = (of: DepositAddressInput) => Promise<void>;

/** What is told to the fund's workflow, and asked of it. It is begun where it has not begun. */
export interface FundClient {
  /** Its bot has traded: it is to be valued. May be repeated. */
  traded(): Promise<void>;
  /** Has it valued, and what waits dealt, as soon as may be. Throws `Unavailable`. */
  wake(): Promise<void>;
  /** A valuation of a moment after the call. Throws `Unavailable`. */
  value(): Promise<FundView>;
}

export function createFundClient(client: Client, { deadlineMs = 2_500 } = {}): FundClient {
  const fund = { workflowId: FUND_WORKFLOW_ID, taskQueue: QUEUES.bots, args: [{}] as [FundInput] };
  const signal = (name: string) =>
    client.workflow.signalWithStart<FundFunction>(FUND_WORKFLOW, { ...fund, signal: name, signalArgs: [] });
  const within = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + deadlineMs, call);
  return {
    async traded() {
      await signal(FUND_SIGNALS.traded);
    },
    async wake() {
      try {
        await within(() => signal(FUND_SIGNALS.snapshot));
      } catch (error) {
        throw explained(error);
      }
    },
    async value() {
      const startWorkflowOperation = new WithStartWorkflowOperation<FundFunction>(FUND_WORKFLOW, {
        ...fund,
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      try {
        return await within(() =>
          client.workflow.executeUpdateWithStart<FundFunction, FundView, []>(FUND_UPDATES.value, {
            ...{ args: [], startWorkflowOperation },
          }),
        );
      } catch (error) {
        throw explained(error);
      }
    },
  };
}

type FundFunction = (input: FundInput) => Promise<void>;

/** Commands to withdrawals, answered within `deadlineMs` or refused with `Unavailable`. */
export interface WithdrawalClient {
  /** Starts the workflow of a request that is on record; once, however often it is called. */
  start(withdrawalId: string): Promise<void>;
  /** Starts the workflow where it has none, then answers when the command has been carried out. */
  command(withdrawalId: string, command: WithdrawalCommand): Promise<WithdrawalStanding>;
}

type WithdrawalFunction = (input: WithdrawalInput) => Promise<WithdrawalStanding>;

export function createWithdrawalClient(client: Client, { deadlineMs = 2_500 } = {}): WithdrawalClient {
  const workflow = (withdrawalId: string) =>
    ({
      workflowId: withdrawalWorkflowId(withdrawalId),
      taskQueue: QUEUES.bots,
      args: [{ withdrawalId }] as [WithdrawalInput],
      // What has come to its end is never begun again; what somebody ended from outside goes on from its row.
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
    }) as const;
  const within = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + deadlineMs, call);
  return {
    async start(withdrawalId) {
      try {
        await within(() =>
          client.workflow.start<WithdrawalFunction>(WITHDRAWAL_WORKFLOW, workflow(withdrawalId)),
        );
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw explained(error);
      }
    },
    async command(withdrawalId, command) {
      const startWorkflowOperation = new WithStartWorkflowOperation<WithdrawalFunction>(WITHDRAWAL_WORKFLOW, {
        ...workflow(withdrawalId),
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      try {
        return await within(() =>
          client.workflow.executeUpdateWithStart<WithdrawalFunction, WithdrawalStanding, [WithdrawalCommand]>(
            WITHDRAWAL_UPDATE,
            { args: [command], updateId: command.commandId, startWorkflowOperation },
          ),
        );
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError)
          throw new CommandRefused('The withdrawal has ended.');
        throw explained(error);
      }
    },
  };
}

function explained(error: unknown): Error {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    if (error.cause.type === FAILURES.refused) return new CommandRefused(error.cause.message);
    if (error.cause.type === FAILURES.away) return new Unavailable(error.cause.message);
    if (error.cause.type === FAILURES.gone) return new BotGone('Bot not found');
    return error.cause;
  }
  if (error instanceof WorkflowNotFoundError) return new BotGone('Bot not found');
  if (
    isGrpcServiceError(error) ||
    error instanceof ServiceError ||
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError
  )
    return new Unavailable('Trading commands are not available right now. Try again in a few seconds.');
  return error instanceof Error ? error : new Error(String(error));
}
