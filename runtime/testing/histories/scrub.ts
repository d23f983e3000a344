/** What a history says of the machine that recorded it, and what is kept instead. */
const FIXED: Record<string, string> = {
  identity: 'recorded',
  binaryChecksum: 'recorded',
  buildId: 'recorded',
  stackTrace: '',
};

/** The same history without a host, a process, a build or a path in it; replay reads none of them. */
export function scrub(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(scrub);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, FIXED[key] ?? scrub(inner)]);
  const scrubbed = Object.fromEntries(entries) as Record<string, unknown>;
  // A worker's own queue bears the name of its process.
  if (scrubbed['kind'] === 'TASK_QUEUE_KIND_STICKY') scrubbed['name'] = 'recorded';
  return scrubbed;
}
