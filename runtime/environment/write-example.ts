import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../project.ts';
import { environmentExample } from './example.ts';

writeFileSync(join(PROJECT, '.env.example'), environmentExample());
