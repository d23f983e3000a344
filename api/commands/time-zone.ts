/**
 * A time zone of the IANA database by its proper name (`Asia/Seoul`), however its letters are written; null for none. Offsets
 * are none: PostgreSQL counts them the other way.
 */
export function timeZoneNamed(name: string): string | null {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(name)) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
