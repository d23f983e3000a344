/** `12:10:30  line`: what happened when, on this machine's clock. */
export function timed(line: string, time = new Date()): string {
  return `${time.toTimeString().slice(0, 8)}  ${line}`;
}
