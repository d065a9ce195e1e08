/** The ledger as this service holds it: the chain, the logs, who is registered and what was done when, alarms with their evidence. */
import english from '../../../web/strings/transparency.en.json';
import { h, icon, type Child } from '../../../web/lib/dom.ts';
import { createI18n, type I18n, type Parameters, type Strings } from '../../../web/lib/i18n.ts';
import { get, type Act, type Alarm, type Anchor, type Count, type History, type Index, type Log, type Organisation } from './mirror.ts';
import type { Kit } from './page.ts';
import { bars, lines } from './plot.ts';

type Key = keyof typeof english;

/** Days that a plot shows. */
const DAYS = 60;
/** Anchors and organisations that stand in the open. */
const [ANCHORS, KEYS] = [10, 16];

let kit: Kit;
let t: (key: Key, values?: Parameters) => string;
let words: I18n;
let spoken: 'en' | undefined;

/** Draws the page, or the history of the organisation that the address names. */
export async function draw(lent: Kit, files: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
  kit = lent;
  await speak(files);
  const id = new URLSearchParams(location.search).get('organisation');
  if (id === null) return overview(signal);
  const history = await get<History>(`/organisations/${encodeURIComponent(id)}`, signal);
  if (!signal.aborted) showHistory(history);
}

// Further languages have this page in English, and say so to screen readers.
async function speak(files: Readonly<Record<string, string>>): Promise<void> {
  const file = files[kit.words().lang];
  const texts = file === undefined ? {} : await fetch(file).then(answer => answer.ok ? answer.json() as Promise<Strings> : {}, () => ({}));
  const own = Object.keys(texts).length > 0 || kit.words().lang === 'en';
  words = own ? createI18n(kit.words().lang, texts, english) : createI18n('en', english);
  t = (key, values) => words.t(key, values);
  spoken = own ? undefined : 'en';
}

const whole = (...body: Child[]): HTMLElement => h('div', { class: 'stack', lang: spoken, dir: spoken && 'ltr' }, body);
const moment = (time: string): string => words.dateTime(Date.parse(time) / 1000);
const ago = (time: string): string => words.relative(Date.parse(time) / 1000, Date.now() / 1000);
const when = (time: string | null): Child => time === null ? '–' : [moment(time), ' (', ago(time), ')'];
const number = (value: number): string => words.number(value);
const long = (value: string | null): Child => value === null ? '–' : h('bdi', { class: 'fixed long', dir: 'ltr' }, value);
const section = (id: string, title: Key, ...body: Child[]): HTMLElement =>
  h('section', { class: 'stack', 'aria-labelledby': id, testid: id }, h('h2', { id }, t(title)), body);
const folded = (title: string, testid: string, ...body: Child[]): HTMLElement => h('details', { testid }, h('summary', null, title), body);

async function overview(signal: AbortSignal): Promise<void> {
  const [index, organisations, alarms] = await Promise.all([get<Index>('', signal), get<Organisation[]>('/organisations', signal), get<Alarm[]>('/alarms', signal)]);
  const logs = await Promise.all(index.logs.map(async log => ({
    log, counts: await get<Count[]>(`/logs/${log.id}/counts?by=day`, signal), anchors: await get<Anchor[]>(`/logs/${log.id}/anchors`, signal),
  })));
  if (signal.aborted) return;
  kit.show({
    title: kit.t('transparency.title'),
    screen: 'transparency', sign: 'globe', class: 'wide-enough',
    body: [whole(
      h('p', { class: 'lead' }, t('lead')),
      index.notReady === null ? null : kit.notice('warning', t('not_ready', { reason: index.notReady }), { testid: 'not-ready' }),
      section('alarms', 'alarms.title', alarms.length === 0 ? h('p', null, t('alarms.none')) : alarms.map(alarmCard)),
      section('network', 'network.title', kit.facts([
        [t('network.read'), when(index.readAt)],
        [t('network.head'), when(index.chain.headTime)],
        [t('network.block'), index.chain.block === null ? '–' : number(index.chain.block)],
        [t('network.chain'), kit.fixed(index.chain.chainId)],
        [t('network.contract'), long(index.chain.contract)],
        [t('network.genesis'), long(index.chain.genesis)],
      ]), h('p', { class: 'small quiet' }, t(kit.archivedAt() === undefined ? 'network.trust' : 'archive.trust'))),
      section('logs', 'logs.title', logs.map(({ log, counts, anchors }) => logCard(log, counts, anchors))),
      section('organisations', 'organisations.title', organisations.length === 0 ? h('p', null, t('organisations.none')) : h('ul', { class: 'plain-list stack' }, organisations.map(organisation => h('li', null,
        h('a', { class: 'card go-on', href: address(organisation.id), testid: 'organisation', onclick: kit.follow },
          icon('award'), h('span', null, h('strong', null, h('bdi', null, organisation.name)), h('span', { class: 'quiet small' }, named(organisation))), icon('next')))))),
      h('p', { class: 'small quiet' }, t('copy')),
    )],
    actions: [kit.link('again', '/', { testid: 'check-another', icon: 'scan', tone: 'plain' })],
  });
}

const address = (id: string): string => `/transparency?organisation=${id}`;
const named = ({ country, demonstration }: Organisation): string => demonstration ? `${kit.country(country)} · ${kit.t('demonstration')}` : kit.country(country);

function alarmCard(alarm: Alarm): HTMLElement {
  const ledger = alarm.origin === 'ledger';
  return h('div', { class: 'card stack', testid: 'alarm', 'data-lifted': String(alarm.liftedAt !== null) },
    kit.notice(alarm.liftedAt === null ? 'error' : 'info', [ledger ? t('alarms.ledger') : t('alarms.log', { origin: alarm.origin }), ' ', alarm.liftedAt === null ? t('alarms.stands') : t('alarms.lifted', { time: moment(alarm.liftedAt) })]),
    kit.facts([[t('alarms.raised'), when(alarm.raisedAt)], [t('alarms.reason'), h('bdi', { lang: 'en', dir: 'ltr' }, alarm.reason)], alarm.liftedBy !== null && [t('transaction'), long(alarm.liftedBy)]]),
    alarm.before === null && alarm.after === null ? null : h('button', {
      class: 'button secondary', type: 'button', testid: 'evidence',
      onclick: () => kit.download(`${JSON.stringify(alarm.evidence ?? alarm, null, 2)}\n`, `evidence-${alarm.raisedAt.slice(0, 10)}.json`, 'application/json'),
    }, icon('file'), h('span', null, t('alarms.evidence'))));
}

function logCard(log: Log, counts: readonly Count[], anchors: readonly Anchor[]): HTMLElement {
  const shown = counts.slice(-DAYS);
  return h('div', { class: 'card stack', testid: 'log' },
    h('h3', null, kit.fixed(log.origin)),
    log.alarm === null ? null : kit.notice('error', t('logs.alarm')),
    log.problem === null || log.size + log.anchored === 0 ? null : kit.notice('warning', t('logs.problem', { reason: log.problem })),
    kit.facts([
      [t('logs.size'), number(log.size)],
      [t('logs.anchored'), t('logs.anchored.of', { anchored: number(log.anchored), size: number(log.size) })],
      [t('logs.checked'), when(log.checkedAt)],
      log.readFrom !== null && [t('logs.from'), kit.fixed(log.readFrom)],
      ...log.peers.map((peer): [string, HTMLElement] => [t('logs.peer'), h('span', { testid: 'peer' }, kit.fixed(peer.address), h('br'), peer.comparedAt === null ? t('logs.peer.never') : when(peer.comparedAt),
        peer.size === null ? null : h('span', null, ' ', t('logs.peer.size', { size: number(peer.size) })),
        peer.problem === null ? null : h('span', { class: 'small quiet' }, ' ', t('logs.problem', { reason: peer.problem })))]),
      [t('logs.last'), when(log.lastAnchor?.time ?? null)],
      [t('logs.key'), long(log.key)],
      [t('logs.operator'), long(log.operator)],
    ]),
    shown.length === 0 ? h('p', null, t(kit.archivedAt() === undefined ? 'counts.none' : 'archive.single')) : [
      h('h4', null, t('counts.entries')),
      bars(shown.map(row => row.entries), t('counts.entries.label', { days: number(shown.length), most: number(Math.max(...shown.map(row => row.entries))) })),
      h('h4', null, t('counts.delay')),
      h('p', { class: 'small quiet' }, t('counts.delay.key')),
      lines([shown.map(row => row.medianDelay), shown.map(row => row.longestDelay)], t('counts.delay.label', { most: number(Math.max(0, ...shown.map(row => row.longestDelay ?? 0))) })),
      folded(t('counts.table'), 'counts', table(['counts.day', 'counts.entries', 'counts.anchors', 'counts.median', 'counts.slowest'],
        [...shown].reverse().map(row => [words.date(row.from.slice(0, 10)), number(row.entries), number(row.anchors), seconds(row.medianDelay), seconds(row.longestDelay)]))),
    ],
    anchors.length === 0 ? null : folded(t('anchors.title'), 'anchors', table(['anchors.time', 'anchors.size', 'anchors.block', 'transaction'],
      anchors.slice(0, ANCHORS).map(anchor => [moment(anchor.time), number(anchor.size), number(anchor.block), long(anchor.transaction)]))));
}

const seconds = (value: number | null): string => value === null ? '–' : t('seconds', { count: number(value) });

const table = (heads: readonly Key[], rows: readonly (readonly Child[])[]): HTMLElement => h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': t(heads[0]!) },
  h('table', null, h('thead', null, h('tr', null, heads.map(head => h('th', { scope: 'col' }, t(head))))), h('tbody', null, rows.map(row => h('tr', null, row.map(cell => h('td', null, cell)))))));

function showHistory({ organisation, acts }: History): void {
  kit.show({
    title: organisation.name,
    screen: 'transparency-history', sign: 'award', class: 'wide-enough',
    body: [whole(
      organisation.demonstration ? kit.notice('info', kit.t('demonstration.long')) : null,
      kit.facts([
        [t('history.country'), kit.country(organisation.country)],
        [t('history.issuer'), long(organisation.issuer)],
        organisation.contact !== null && [t('history.contact'), long(organisation.contact)],
        [t('history.id'), long(organisation.id)],
      ]),
      h('h2', null, t('history.title')),
      h('ol', { class: 'plain-list stack', testid: 'acts' }, [...acts].reverse().map(act => h('li', { class: 'card stack', testid: 'act', 'data-what': act.what }, h('h3', null, said(act)), kit.facts([
        [t('history.at'), moment(act.at)],
        act.otherName !== null && [t('history.other'), act.otherName],
        act.rights !== null && [t('history.rights'), act.rights.map(right => t(`right.${right}` as Key)).join(' · ')],
        act.from !== null && [t('history.from'), moment(act.from)],
        act.until !== null && [t('history.until'), moment(act.until)],
        act.log !== null && [t('history.log'), kit.fixed(act.log)],
        act.key !== null && [t('history.key'), kit.fixed(`${act.key.slice(0, KEYS)}…`)],
        act.scope !== null && [t('history.scope'), h('a', { href: `/mirror/scopes/${act.scope}` }, kit.fixed(`${act.scope.slice(0, KEYS)}…`))],
        [t('transaction'), long(act.transaction)],
      ])))),
    )],
    actions: [h('a', { class: 'button plain', href: '/transparency', testid: 'back', onclick: kit.follow }, icon('back'), h('span', null, kit.t('transparency.title')))],
  });
}

// An act that is newer than this page keeps its own name.
const said = (act: Act): string => `act.${act.what}` in english ? t(`act.${act.what}` as Key) : act.what;
