/** "Read receipts": who checked what and when, in plain words, for whoever is handed a file of receipts. The file is read on the device and goes nowhere. */
import { TYPES } from 'verifier:data';
import { h, type Child } from '../../../web/lib/dom.ts';
import type { Receipt } from '../../../web/lib/receipt/receipt.ts';
import type { ShownLine } from '../../../web/lib/receipt/line.ts';
import { claimLabel, findType } from '../../../web/lib/types.ts';
import { loadOffline } from '../offline/load.ts';
import { busy, facts, fileButton, fixed, link, notice, show } from '../shell/frame.ts';
import { codeOf, problem } from '../shell/problems.ts';
import type { Page } from '../shell/router.ts';
import { t, tCode, words } from '../shell/text.ts';
import { wordsOf } from '../verdict/said.ts';
import type { Found } from './read.ts';
import { ownerOf, type Owner, type Register, type Registered } from './owner.ts';

/** A thousand receipts of the longest kind. */
const MAX_FILE = 16 * 1024 * 1024;

export const readPage: Page = signal => {
  const told = h('div', { class: 'stack', testid: 'told', 'aria-live': 'polite' });
  const read = async (file: File): Promise<void> => {
    told.replaceChildren(busy(t('check.busy')));
    const offline = await loadOffline();
    if (file.size > MAX_FILE) return told.replaceChildren(problem('too_large'));
    const found = await offline.readFile(await file.text());
    const register = await offline.register();
    if (signal.aborted) return;
    told.replaceChildren(...found.map((one, at) => statement(one, at + 1, register)));
  };
  const tell = (file: File): void => void read(file).catch((error: unknown) => {
    if (!signal.aborted) told.replaceChildren(codeOf(error) === 'malformed' ? notice('error', t('read.nothing'), { testid: 'problem', 'data-code': 'malformed' }) : problem(error));
  });
  const drop = (event: Event): void => {
    event.preventDefault();
    const file = (event as DragEvent).dataTransfer?.files[0];
    if (file) tell(file);
  };
  show({
    title: t('read.title'),
    screen: 'read', sign: 'file',
    body: [
      h('p', { class: 'lead' }, t('read.lead')),
      h('div', { class: 'card stack', testid: 'drop', ondrop: drop, ondragover: (event: Event) => event.preventDefault() },
        fileButton('check.file', tell, { testid: 'receipt-file', icon: 'file' }),
        h('p', { class: 'small quiet' }, t('read.drop'))),
      told,
      link('again', '/', { testid: 'check-another', icon: 'scan', tone: 'plain' }),
    ],
  });
};

function statement(found: Found, number: number, register: Register | undefined): HTMLElement {
  const attributes = { class: 'card stack', testid: 'statement', 'data-kind': found.kind };
  if (found.kind === 'receipt') {
    const owner = ownerOf(register, found.receipt.key, found.receipt.issuedAt);
    return h('section', { ...attributes, 'data-owner': nameOf(owner) }, ofReceipt(found.receipt, owner));
  }
  if (found.kind === 'line') return h('section', attributes, ofLine(found.line));
  return h('section', attributes, notice('error', t('read.bad', { number })));
}

const nameOf = (owner: Owner): string => typeof owner === 'string' ? owner : 'registered';

// What does not hold, or may not, is said before what it says.
function ofReceipt(receipt: Receipt, owner: Owner): Child {
  const says = h('p', null, t('read.checked', { time: words().dateTime(receipt.checkedAt), who: typeof owner === 'string' ? hostOf(receipt.verifier) : named(owner), outcome: tCode('verdict.outcome', receipt.outcome), reason: titleOf(receipt) }));
  return [
    owner === 'nobody' ? [notice('error', t('read.nobody')), h('p', { class: 'small quiet' }, t('read.unproven'))]
      : owner === 'unknown' ? [notice('warning', [t('read.unknown'), ' ', t('read.good')]), h('p', { class: 'small quiet' }, t('read.unproven'))] : null,
    says,
    typeof owner === 'string' ? null : notice('success', [t('read.good'), ' ', t('read.registered', { authority: owner.authority })]),
    facts([
      receipt.purpose !== undefined && [t('receipt.purpose'), receipt.purpose],
      [t('receipt.shown'), labels(receipt.type, receipt.shown)],
      receipt.device && receipt.device.outcome !== receipt.outcome && [t('read.told'), tCode('verdict.outcome', receipt.device.outcome)],
      [t('receipt.by'), fixed(receipt.verifier)],
    ]),
  ];
}

// Whoever signs a line can write any asker's key into it: the register says nothing about it.
function ofLine(line: ShownLine): Child {
  return [
    h('p', null, t('read.line', { time: words().dateTime(line.at), who: line.asker })),
    notice('info', t('read.self')),
    facts([
      line.purpose !== '' && [t('receipt.purpose'), line.purpose],
      [t('receipt.shown'), labels(line.type, line.shown)],
    ]),
  ];
}

const named = ({ name, demonstration }: Registered): string => demonstration ? `${name} (${t('demonstration')})` : name;

// What nobody vouches for does not become part of a sentence of ours.
function hostOf(address: string): string {
  try {
    return new URL(address).host || '–';
  } catch {
    return '–';
  }
}

const titleOf = (receipt: Receipt): string => {
  const code = `${wordsOf(receipt)}.title`;
  const title = tCode('verdict', code);
  return title === code ? receipt.reason : title;
};

const labels = (vct: string | undefined, claims: readonly string[]): string => {
  const type = vct === undefined ? undefined : findType(TYPES, vct);
  return claims.map(name => claimLabel(type?.claims.find(claim => claim.name === name), name, words().lang)).join(' · ') || '–';
};
