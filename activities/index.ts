import { createCancel } from './cancel.ts';
import type { Dependencies } from './dependencies.ts';
import { createLedger } from './ledger.ts';
import { createObserve } from './observe/observe.ts';
import { createPlace } from './place.ts';
import { createRecord } from './record.ts';
import { createResolve } from './resolve.ts';
import type { LedgerActivities, TradingActivities, WatchActivities } from './types.ts';
import { createWindDown } from './wind-down.ts';

/** Every activity of the bots, by the queue that serves it. */
export interface Activities {
  ledger: LedgerActivities;
  trading: TradingActivities;
  watch: WatchActivities;
}

/** The one factory: activities close over what they need, nothing is global. */
export function createActivities(deps: Dependencies): Activities {
  return {
    ledger: createLedger(deps),
    trading: {
      place: createPlace(deps),
      cancel: createCancel(deps),
      resolve: createResolve(deps),
      record: createRecord(deps),
      windDown: createWindDown(deps),
    },
    watch: { observe: createObserve(deps) },
  };
}
