import { Context } from '@temporalio/activity';
import { keepComparison, keepUnrecorded } from '../../db/fund/comparisons.ts';
import { freezeFund } from '../../db/fund/freeze.ts';
import { readDifferences, type Difference, type Reading } from './differences.ts';
import { openWith } from './opening.ts';
import type { FundDependencies } from './dependencies.ts';

/** Between two readings that must agree. */
const AGREEMENT_MS = 500;
/** In one comparison: money that moves in one of them stands still in another. */
const READINGS = 6;

/** How a comparison ended, and what differs, a sentence each. */
export interface Verdict {
  outcome: 'agreed' | 'differs' | 'inconclusive';
  differences: string[];
}

/**
 * Compares, to the last digit, what the ledger says is at the exchange with what is there, and units held with units
 * outstanding. What is known to the exchange and not to the ledger yet (fills, deposits, payments) is counted as if it were.
 * What two readings find alike freezes dealing: an exchange may show a balance before what changed it. Money
 * that main has before anybody has units is the fund's beginning. It is inconclusive, and no comparison on record, where money
 * of some place moved in every reading and nothing differs elsewhere.
 */
export function createCompare(deps: FundDependencies): () => Promise<Verdict> {
  const { knex, now } = deps;
  return async () => {
    const { found, isConclusive } = await readAgreed(deps);
    const differences = (await openWith(deps, found)).map(({ sentence }) => sentence);
    if (differences.length === 0 && !isConclusive) return { outcome: 'inconclusive', differences };
    await keepComparison(knex, { at: now(), differences });
    if (differences.length === 0) return { outcome: 'agreed', differences };
    await freezeFund(knex, { at: now(), because: differences.join('; ') });
    return { outcome: 'differs', differences };
  };
}

/** Reads until each place has once agreed or twice differed alike. */
async function readAgreed(deps: FundDependencies): Promise<{ found: Difference[]; isConclusive: boolean }> {
  const found: Difference[] = [];
  let open: Pick<Reading, 'differences' | 'undecided'> = await read(deps);
  const isOpen = () => open.differences.length + open.undecided.length > 0;
  for (let readings = 1; isOpen() && readings < READINGS; readings += 1) {
    await Context.current().sleep(AGREEMENT_MS);
    const next = await read(deps);
    const before = [...open.differences, ...open.undecided];
    const wasOpen = (each: Difference) => before.some((other) => isSamePlace(each, other));
    const wasAlike = (each: Difference) =>
      open.differences.some((other) => isSamePlace(each, other) && each.surplus === other.surplus);
    found.push(...next.differences.filter(wasAlike));
    open = {
      differences: next.differences.filter((each) => wasOpen(each) && !wasAlike(each)),
      undecided: next.undecided.filter(wasOpen),
    };
  }
  return { found, isConclusive: !isOpen() };
}

async function read(deps: FundDependencies): Promise<Reading> {
  const reading = await readDifferences(deps);
  await keepUnrecorded(deps.knex, reading.unrecorded);
  return reading;
}

function isSamePlace(one: Difference, other: Difference): boolean {
  return one.place === other.place && one.asset === other.asset;
}
