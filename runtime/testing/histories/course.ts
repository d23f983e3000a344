import type { Stack, StackOptions } from '../stack.ts';

/** What a workflow lives through while its history is recorded. */
export interface Course {
  /** The file that keeps it, without `.json`; where the workflow continued as new, each run has a file. */
  name: string;
  options?: StackOptions;
  /** Returns the workflow's id once there is nothing more to come. */
  run(stack: Stack): Promise<string>;
}
