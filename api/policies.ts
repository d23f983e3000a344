import type { Dependencies, Owner } from './dependencies.ts';

/** Who may call a route: `public` anybody, `owner` a user, for what is theirs. */
export const POLICIES = ['public', 'owner'] as const;
export type Policy = (typeof POLICIES)[number];

/** The user a request acts for. While sign-in is off there is one, and every row is theirs. */
export function ownerOf({ defaultOwnerId }: Dependencies): Owner {
  return { id: defaultOwnerId, rows: {} };
}
