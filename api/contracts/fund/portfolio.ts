import { readFundAssets } from '../../../db/fund/fund-assets.ts';
import { readPortfolio } from '../../../db/fund/holders.ts';
import { answer, route } from '../../route.ts';
import { data, success } from './fields.ts';
import { portfolio } from './portfolio-schemas.ts';
import { presentFund, presentPortfolio } from './present-portfolio.ts';

const read = route({
  method: 'get',
  path: '/bot/portfolio',
  policy: 'signed-in',
  tag: 'Portfolio',
  summary: "What is the caller's of the fund",
  description: 'Admins are shown the whole fund as well.',
  responses: { 200: data(portfolio) },
  async handler({ caller, client }, { knex, settings, identity }) {
    const { fund, adminAddresses } = settings;
    const isAdmin = caller.role === 'admin' && adminAddresses.includes(client.address);
    const [own, whole] = await Promise.all([
      readPortfolio(knex, caller.userId),
      isAdmin ? readFundAssets(knex, fund) : null,
    ]);
    const now = identity.now();
    const shown = presentPortfolio(own, { ...fund, now });
    return answer(200, { success, data: { ...shown, ...(whole && { fund: presentFund(whole, fund) }) } });
  },
});

export const portfolioRoutes = [read];
