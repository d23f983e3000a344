import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { FAILURES } from '../../workflows/messages.ts';

/** What ends a watch in whose place another one has begun: no incident, and no use to try it again. */
export function outlived(): ApplicationFailure {
  return ApplicationFailure.create({
    message: 'Another watch of this bot has begun since',
    type: FAILURES.outlived,
    nonRetryable: true,
    category: ApplicationFailureCategory.BENIGN,
  });
}
