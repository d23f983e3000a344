import { Decimal, type Amount } from '../../../bots/money.ts';
import type { ReviewedWithdrawal } from '../../../db/fund/withdrawal-lists.ts';
import { withdrawalDigest } from '../../../db/fund/withdrawal-digest.ts';
import type { Language, Translated } from '../../languages.ts';

/** What an admin agrees to: exactly what is written here, by its digest. */
export interface Shown {
  name: 'approve';
  withdrawalId: string;
  digest: string;
}

/** A request as admins are shown it, with all that its approval is bound to. */
export function showWithdrawal(request: ReviewedWithdrawal, language: Language): string {
  const { amount, asset, network, address, tag, units, nav_per_unit: price, nav_at: pricedAt } = request;
  const { labels, none, unknown } = TEXTS[language];
  const { approvals, quorum, risk_flags: risks } = request;
  const rows: [string, string][] = [
    [labels.amount, `${exact(amount)} ${asset}, ${network}`],
    [labels.address, address],
    ...(tag === null ? [] : [[labels.tag, tag] satisfies [string, string]]),
    [labels.units, `${exact(units)} × ${exact(price)}`],
    [labels.pricedAt, pricedAt === null ? unknown : pricedAt.toISOString()],
    [labels.risks, risks.length === 0 ? none : risks.join(', ')],
    [labels.approvals, `${approvals.length}/${quorum}`],
    [labels.expires, request.expires_at.toISOString()],
    ['id', request.id],
  ];
  return rows.map(([label, value]) => `${label}: ${value}`).join('\n');
}

/** A request that was shown in full before, in two words. */
export interface Summary {
  /** With its asset. */
  amount: string;
  /** Its ends: `EPjF…4G`. */
  address: string;
}

export function summaryOf({
  amount,
  asset,
  address,
}: Pick<ReviewedWithdrawal, 'amount' | 'asset' | 'address'>): Summary {
  return { amount: `${exact(amount)} ${asset}`, address: `${address.slice(0, 4)}…${address.slice(-2)}` };
}

/** All of it, without zeros that say nothing: it is agreed to. */
function exact(amount: Amount): string {
  return new Decimal(amount).toFixed();
}

/** Of what is shown, and not of what the row says of itself. */
export function shownOf(request: ReviewedWithdrawal): Shown {
  return { name: 'approve', withdrawalId: request.id, digest: withdrawalDigest(request) };
}

type Label = 'amount' | 'address' | 'tag' | 'units' | 'pricedAt' | 'risks' | 'approvals' | 'expires';

const TEXTS: Translated<{ labels: Record<Label, string>; none: string; unknown: string }> = {
  en: {
    labels: {
      ...{ amount: 'Amount', address: 'To', tag: 'Tag', units: 'Units', pricedAt: 'NAV of' },
      ...{ risks: 'Risks', approvals: 'Approvals', expires: 'Expires' },
    },
    none: 'none',
    unknown: 'unknown',
  },
  ko: {
    labels: {
      ...{ amount: '금액', address: '받는 주소', tag: '태그', units: '좌수', pricedAt: '기준가 시각' },
      ...{ risks: '위험', approvals: '승인', expires: '만료' },
    },
    none: '없음',
    unknown: '알 수 없음',
  },
};
