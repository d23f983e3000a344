/** Flags of Node for a process of its own: a heap that stays small costs a few percent of speed and saves a third of the memory. */
export const SMALL_HEAP = ['--optimize-for-size', '--max-semi-space-size=2'];
