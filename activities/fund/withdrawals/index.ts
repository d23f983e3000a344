import { createApprove } from './approve.ts';
import { createClose } from './close.ts';
import { createConfirm } from './confirm.ts';
import type { WithdrawalDependencies } from './dependencies.ts';
import { createLoad } from './load.ts';
import { createRefund } from './refund.ts';
import { createForestall, createResolve, createReview } from './review.ts';
import { createAsk, createGiveUp, createSend } from './send.ts';
import { createStage } from './stage.ts';
import { createTakeBack } from './take-back.ts';
import type { WithdrawalDecisions, WithdrawalMoves } from './types.ts';

/** Every activity of withdrawals, by the queue that serves it. */
export function createWithdrawalActivities(deps: WithdrawalDependencies): {
  decisions: WithdrawalDecisions;
  moves: WithdrawalMoves;
} {
  return {
    decisions: {
      loadWithdrawal: createLoad(deps),
      approve: createApprove(deps),
      close: createClose(deps),
      takeBack: createTakeBack(deps),
      forestall: createForestall(deps),
      review: createReview(deps),
      resolve: createResolve(deps),
    },
    moves: {
      stage: createStage(deps),
      send: createSend(deps),
      ask: createAsk(deps),
      giveUp: createGiveUp(deps),
      confirm: createConfirm(deps),
      refund: createRefund(deps),
    },
  };
}
