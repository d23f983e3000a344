const LONGEST = 500;

/** A reason, in the words of an admin, no longer than one may be; no letter of it is cut in half. */
export function reasonOf(text: string): string {
  return Array.from(text.trim()).slice(0, LONGEST).join('');
}
