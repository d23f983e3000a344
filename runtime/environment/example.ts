import type { z } from 'zod';
import { SECTIONS } from './variables.ts';

interface Meta {
  description?: string;
  standard?: string;
  example?: string;
}

/** The text of `.env.example`: every variable with what it is for, those without a default commented out. */
export function environmentExample(): string {
  const sections = Object.entries(SECTIONS).map(([title, variables]) =>
    [`# --- ${title} ---`, ...Object.entries(variables).map(([name, rule]) => lines(name, rule))].join('\n'),
  );
  return `# Copy to .env and change what you need. Everything has a default in \`npm start\`.\n\n${sections.join('\n\n')}\n`;
}

function lines(name: string, rule: z.ZodType): string {
  const { description, standard, example = '' } = (rule.meta() ?? {}) as Meta;
  return `# ${description}\n${standard === undefined ? `# ${name}=${example}` : `${name}=${standard}`}`;
}
