import { documentRoute } from '../../documentation/routes.ts';
import type { Contract } from '../../route.ts';
import type { ApiSettings } from '../../settings.ts';
import { addressBookRoutes } from './address-book.ts';
import { botCommandRoutes } from './bot-commands.ts';
import { botReadRoutes } from './bot-reads.ts';
import { dealingRoutes } from './dealing.ts';
import { depositAddressRoutes } from './deposit-address.ts';
import { depositRoutes } from './deposits.ts';
import { envelope } from './envelope.ts';
import { portfolioRoutes } from './portfolio.ts';
import { proofRoutes } from './proof.ts';
import { statementRoutes } from './statement.ts';
import { withdrawalReviewRoutes } from './withdrawal-review.ts';
import { withdrawalRoutes } from './withdrawals.ts';

/** The fund's API. Its paths lie beside the scalper's: `/bot` is the fund's one bot, `/bots` are everybody's. */
export function fund(settings: ApiSettings): Contract {
  const { prefix } = settings;
  const routes = [
    ...[botCommandRoutes, botReadRoutes, portfolioRoutes],
    ...[depositAddressRoutes, depositRoutes, statementRoutes, proofRoutes, withdrawalRoutes],
    ...[addressBookRoutes, withdrawalReviewRoutes, dealingRoutes],
  ].flat();
  const contract = {
    roots: ['/bot', '/wallet', '/admin'].map((root) => `${prefix}${root}`),
    routes: routes.map((route) => ({ ...route, path: `${prefix}${route.path}` })),
    tags: TAGS,
    envelope,
  };
  return {
    ...contract,
    routes: [...contract.routes, documentRoute('/openapi/fund.json', contract, settings)],
  };
}

const TAGS = [
  { name: 'Bot', description: "The fund's one bot: how it is and what it has done" },
  { name: 'Control', description: 'Start, pause and stop it; for admins' },
  { name: 'Portfolio', description: 'Units of the fund and what they are worth' },
  { name: 'Wallet', description: 'Money in, and what has become of it' },
  { name: 'Withdrawals', description: 'Money out, and where to' },
  { name: 'Dealing', description: 'How the fund stands, frozen or not; for admins' },
  { name: 'Approvals', description: 'Who agrees to a withdrawal; for admins' },
];
