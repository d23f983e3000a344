import { createRequire } from 'node:module';
import type Ccxt from 'ccxt';

/**
 * ccxt, as its one CommonJS file: its thousand ES modules take twice the time to start and 100 MB more. Everybody takes it
 * from here, or its error classes would not be the same.
 */
export const ccxt = createRequire(import.meta.url)('ccxt') as typeof Ccxt;
