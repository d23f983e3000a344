import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../configuration.ts';
import { environmentExample } from './example.ts';

writeFileSync(join(PROJECT, '.env.example'), environmentExample());
