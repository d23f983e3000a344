import { writeFile } from 'node:fs/promises';
import { BUILT_BUNDLE, bundleWorkflows } from './workflow-bundle.ts';

/** The last step of a build: the workflows as the one script that workers load. */
await writeFile(BUILT_BUNDLE, await bundleWorkflows());
