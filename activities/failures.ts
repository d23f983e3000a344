import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { InvalidBot } from '../bots/bot.ts';
import { ExchangeError } from '../exchanges/port.ts';
import { FAILURES, type VenueFailure } from '../workflows/messages.ts';

/** What the workflow is told of a venue's failure; its message is already redacted. */
export function venueFailure(error: ExchangeError): VenueFailure {
  return { code: error.code, final: error.final, message: error.message };
}

/** Any error as the failure that crosses Temporal: a stable type, final or not, the venue's own delay kept. */
export function toFailure(error: unknown): unknown {
  if (error instanceof InvalidBot) return invalid(error);
  if (!(error instanceof ExchangeError)) return error;
  const limited = error.code === 'rate_limited' || error.code === 'banned';
  return ApplicationFailure.create({
    message: error.message,
    type: FAILURES.exchange,
    nonRetryable: error.final,
    details: [venueFailure(error)],
    ...(error.retryAfterMs === null ? {} : { nextRetryDelay: error.retryAfterMs }),
    // A venue that asks for patience is no incident: keep it out of the failure metrics and the logs.
    ...(limited ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
}

/** Settings that cannot be read stay so until a person changes them: as final as a venue's no, and told in the same form. */
function invalid({ code, message }: InvalidBot): ApplicationFailure {
  const details: VenueFailure[] = [{ code, final: true, message }];
  return ApplicationFailure.create({ message, type: FAILURES.exchange, nonRetryable: true, details });
}
