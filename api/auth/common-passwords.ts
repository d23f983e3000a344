import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as english from '@zxcvbn-ts/language-en';

/** As many as eight characters drawn at random take: less than this is a word in disguise. */
const LEAST_GUESSES = 1e8;
/** What the published lists do not have and people take here. */
const OUR_WORDS = 'perpetua trading trader crypto bitcoin ethereum binance bybit bitget coindcx login'.split(
  ' ',
);

/**
 * Reading on takes long and changes little. With these bounds the worst password of 72 bytes, all of it signs that could be
 * letters, takes a fifteenth of the time: on a busy core 35 ms of the event loop rather than half a second.
 */
const BOUNDS = { maxLength: 32, l33tMaxSubstitutions: 10 };

const estimator = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
  ...BOUNDS,
});

/** Whether it is one of the passwords that are guessed first, by whoever knows the address. */
export function isCommon(password: string, email = ''): boolean {
  const known = [...OUR_WORDS, email, ...email.split(/[^\p{L}\p{N}]+/u)].filter((word) => word.length > 2);
  return estimator.check(password, known).guesses < LEAST_GUESSES;
}
