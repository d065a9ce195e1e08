import { comesClose, leastClaims, matchDcql, pathsToShow, type Candidate, type DcqlMatch, type QueryMatch } from '../../../web/lib/dcql.ts';
import type { Json } from '../../../web/lib/json.ts';
import { signingKey } from '../../../web/lib/keys.ts';
import { sendAnswer, sendRefusal, type Selection } from '../../../web/lib/openid4vp/answer.ts';
import { loadRequest, type PresentationRequest } from '../../../web/lib/openid4vp/request.ts';
import { browserOutside } from '../../../web/lib/outside.ts';
import { refuse } from '../../../web/lib/refusal.ts';
import type { ClaimPath } from '../../../web/lib/sdjwt.ts';
import { cardSubtitle, claimLabel, claimOf, claimText, definition, typeName } from '../cards/definitions.ts';
import { trouble } from '../cards/face.ts';
import { h, icon, type Child } from '../shell/dom.ts';
import { busy, button, notice, once, show, update } from '../shell/frame.ts';
import * as inbox from '../shell/inbox.ts';
import { problemView } from '../shell/problems.ts';
import { go, type Screen } from '../shell/router.ts';
import { t, type Key } from '../shell/text.ts';
import { takeCopy } from '../store/cards.ts';
import { now } from '../store/clock.ts';
import { record, type Event } from '../store/history.ts';
import { askerPanel, isExtra, nameOf, noted, ownLine, refusedScreen, whoAsks, type Asker, type Claimed } from './asker.ts';
import { Agreement, alongside, arrange, cardChoice, claimSwitches, type AskedLine } from './consent.ts';
import { heldCards, type Held } from './held.ts';
import { missingCard } from './missing.ts';

/** What the person chose for one query. */
interface Choice { candidate: Candidate; agreement: Agreement; lines: readonly AskedLine[] }

/** Answers an OpenID4VP request: who asks, what exactly, yes or no. */
export const presentScreen: Screen = async (_parameters, signal) => {
  const item = inbox.take();
  if (!item) { go('#/cards'); return undefined; }
  const outside = browserOutside();

  const load = async (): Promise<void> => {
    show({ title: t('ask.loading.title'), screen: 'busy', sign: 'wait', back: '#/cards', body: [busy(t('ask.loading'))] });
    try {
      const request = await loadRequest(item.text, outside);
      const who = await whoAsks(claimedBy(request));
      if (signal.aborted || await refusedScreen(who, 'online', signal)) return;
      const held = await heldCards();
      const match = matchDcql(request.query, held.map(({ credential }) => credential));
      if (signal.aborted) return;
      if (match.satisfiable) consent(request, who, held, match);
      else missing(request, who, held, match);
    } catch (error) {
      if (!signal.aborted) show(problemView(error, { title: 'ask.failed', retry: () => void load() }));
    }
  };

  const missing = (request: PresentationRequest, who: Asker, held: readonly Held[], match: DcqlMatch): void => show({
    title: t('missing.title'),
    screen: 'missing', sign: 'ask',
    back: '#/cards',
    body: [
      askerPanel(who),
      h('p', { class: 'lead' }, t('missing.lead')),
      match.queries.filter(query => query.candidates.length === 0).map(({ query }) => missingCard(query.types ?? [],
        leastClaims(query).map(claim => missingLine(query.types?.[0] ?? '', claim.path, claim.values)),
        held.flatMap(({ card, credential }) => { const has = comesClose(query, credential); return has ? [{ card, has }] : []; }))),
      h('p', null, t('missing.next')),
    ],
    actions: [button('ask.decline', () => void once(() => decline(request, who)), { testid: 'decline', icon: 'cross' })],
  });

  const consent = (request: PresentationRequest, who: Asker, held: readonly Held[], match: DcqlMatch): void => {
    const byId = new Map(held.map(entry => [entry.card.id, entry]));
    const chosen = new Map<string, Choice>();
    const picked = match.choices.map(choice => choice.options[0] ?? []);
    const choose = (query: QueryMatch, candidate: Candidate): void => {
      const lines = linesOf(candidate, who);
      chosen.set(query.query.id, { candidate, lines, agreement: new Agreement(lines) });
    };
    for (const query of match.queries) if (query.candidates[0]) choose(query, query.candidates[0]);

    const active = (): QueryMatch[] => {
      const ids = match.choices.length > 0 ? new Set(picked.flat()) : new Set(match.queries.map(({ query }) => query.id));
      return match.queries.filter(({ query, candidates }) => ids.has(query.id) && candidates.length > 0);
    };
    const answerable = (): boolean => active().length > 0 && active().every(({ query }) => {
      const { candidate, agreement } = chosen.get(query.id)!;
      return agreement.missing.length === 0 && pathsToShow(query, candidate, agreement.refused) !== undefined;
    });

    const send = button('ask.send', () => void answer(request, who, active(), chosen, byId), { testid: 'send', icon: 'check' });
    const hint = h('p', { class: 'small', testid: 'send-hint', 'aria-live': 'polite' });
    const changed = (): void => {
      const ready = answerable();
      send.disabled = !ready;
      hint.textContent = ready ? '' : t(active().some(({ query }) => chosen.get(query.id)!.agreement.missing.length > 0) ? 'ask.needs' : 'ask.notallowed');
    };
    const draw = (): Child[] => [askerPanel(who), alternatives(match, picked, redraw), active().map(query => panel(query)), hint];
    const redraw = (): void => { update(draw()); changed(); };
    const panel = (query: QueryMatch): HTMLElement => {
      const { candidate, agreement, lines } = chosen.get(query.query.id)!;
      const entry = byId.get(candidate.credential.id)!;
      const wrong = trouble(entry.card, now());
      return h('section', { class: 'card', testid: 'asked-card', 'data-vct': entry.card.vct, 'aria-label': typeName(entry.card.vct) },
        h('h2', null, typeName(entry.card.vct)),
        h('p', { class: 'quiet small' }, entry.card.issuer.name),
        wrong ? notice('warning', t(`status.${wrong}.show`), 'trouble') : null,
        query.candidates.length > 1
          ? cardChoice(query.query.id, query.candidates.map(other => option(byId.get(other.credential.id)!)), entry.card.id, id => {
            choose(query, query.candidates.find(other => other.credential.id === id)!);
            redraw();
          })
          : null,
        h('h3', null, t('ask.what')),
        lines.length > 0 ? claimSwitches(lines, agreement, changed) : h('p', null, t('ask.nothing')),
        alongside(entry.card.vct, entry.clear.filter(name => !lines.some(line => line.name === name))));
    };

    show({
      title: t('ask.title'),
      screen: 'consent', sign: 'show',
      body: draw(),
      actions: [send, button('ask.decline', () => void once(() => decline(request, who)), { testid: 'decline', icon: 'cross', tone: 'plain' })],
    });
    changed();
  };

  const answer = async (request: PresentationRequest, who: Asker, queries: readonly QueryMatch[], chosen: ReadonlyMap<string, Choice>, byId: ReadonlyMap<string, Held>): Promise<void> => {
    show({ title: t('ask.sending.title'), screen: 'busy', sign: 'wait', body: [busy(t('ask.sending'))] });
    const shared: Event['shared'][number][] = [];
    let event: Event | undefined;
    try {
      const selections: Selection[] = [];
      for (const { query } of queries) {
        const { candidate, agreement, lines } = chosen.get(query.id)!;
        const paths: readonly ClaimPath[] = pathsToShow(query, candidate, agreement.refused) ?? refuse('not_allowed');
        const { card } = byId.get(candidate.credential.id)!;
        const copy = await takeCopy(card.id) ?? refuse('not_matched');
        selections.push({ queryId: query.id, sdJwt: copy.content.sdJwt, paths, holder: await signingKey(copy.keys) });
        const names = new Set(paths.map(path => String(path[0])));
        shared.push({ vct: card.vct, issuer: card.issuer.name, claims: lines.length > 0 ? [...names] : [] });
      }
      // Written down before it leaves: what was sent is never forgotten, at worst it is listed though it did not arrive.
      const { redirectUri, receipts } = await sendAnswer(request, selections, outside, async presentations => {
        const lined = await Promise.all(selections.map(async ({ sdJwt, holder }, i) => ({
          ...shared[i]!, line: await ownLine(who, shared[i]!.vct, shared[i]!.claims, sdJwt.slice(0, sdJwt.indexOf('~')), presentations[i]!, request.signed, holder),
        })));
        event = noted(who, 'online', 'failed', lined, request.signed);
        await record(event);
      });
      await record({ ...event!, outcome: 'shared', receipts });
      if (!signal.aborted) sent(who, redirectUri);
    } catch (error) {
      if (!signal.aborted) show(problemView(error, { title: 'ask.failed', ...(event && { more: 'ask.maybe' }) }));
    }
  };

  const sent = (who: Asker, redirectUri: string | undefined): void => {
    const back = item.source === 'link' ? redirectUri : undefined;
    show({
      title: t('sent.title'),
      screen: 'sent', sign: 'check',
      body: [notice('success', t('sent.done', { name: nameOf(who) }), 'sent'), h('p', null, t(back ? 'sent.returning' : 'sent.elsewhere'))],
      actions: [back ? h('a', { class: 'button primary', href: back, rel: 'noreferrer', testid: 'return' }, icon('next'), h('span', null, t('sent.return'))) : button('close', () => go('#/cards'), { testid: 'close', icon: 'cards' })],
    });
    if (back) setTimeout(() => { if (!signal.aborted) location.assign(back); }, 1200);
  };

  const decline = async (request: PresentationRequest, who: Asker): Promise<void> => {
    await record(noted(who, 'online', 'declined', [], request.signed));
    const { redirectUri } = await sendRefusal(request, 'access_denied', outside).catch(() => ({ redirectUri: undefined }));
    if (signal.aborted) return;
    const back = item.source === 'link' ? redirectUri : undefined;
    show({
      title: t('declined.title'),
      screen: 'declined', sign: 'cross',
      body: [notice('info', t('declined.done'), 'declined')],
      actions: [
        back ? h('a', { class: 'button primary', href: back, rel: 'noreferrer', testid: 'return' }, icon('next'), h('span', null, t('sent.return'))) : null,
        button('close', () => go('#/cards'), { testid: 'close', icon: 'cards', tone: back ? 'plain' : 'primary' }),
      ],
    });
  };

  await load();
  return undefined;
};

function claimedBy(request: PresentationRequest): Claimed {
  const how: Key = request.verifier.kind === 'redirect_uri' ? 'who.unsigned' : request.verifier.kind === 'x509_san_dns' ? 'who.host' : 'who.certificate';
  const asked = request.query.credentials.flatMap(({ types, claims }) => (types ?? ['']).flatMap(type =>
    claims.length === 0 ? [{ type, claim: '' }] : claims.map(({ path }) => ({ type, claim: String(path[0]) }))));
  return {
    name: request.verifier.name ?? request.verifier.host, detail: request.verifier.host, how, purpose: request.purpose ?? '',
    key: request.verifier.keyThumbprint, purposeId: request.purposeId, asked,
  };
}

const option = ({ card }: Held): { id: string; title: string; detail: string } =>
  ({ id: card.id, title: cardSubtitle(card.claims) || typeName(card.vct), detail: card.issuer.name });

/** Several ways to answer, or a card that may be left out. */
function alternatives(match: DcqlMatch, picked: (readonly string[])[], changed: () => void): Child {
  const title = (ids: readonly string[]): string => ids.map(id => match.queries.find(({ query }) => query.id === id)!)
    .map(({ query, candidates }) => typeName(candidates[0]?.credential.vct ?? query.types?.[0] ?? query.id)).join(' + ');
  return match.choices.map((choice, index) => {
    const options = choice.required ? choice.options : [...choice.options, []];
    if (options.length < 2) return null;
    return h('fieldset', { class: 'field', testid: 'alternatives' }, h('legend', null, t('ask.alternatives')), h('div', { class: 'choices' }, options.map(ids => {
      const radio = h('input', { type: 'radio', name: `choice-${index}`, onchange: () => { picked[index] = ids; changed(); } });
      radio.checked = picked[index] === ids || (picked[index]!.length === 0 && ids.length === 0);
      return h('label', { class: 'choice' }, radio, h('span', null, ids.length === 0 ? t('ask.leaveout') : title(ids)));
    })));
  });
}

function linesOf(candidate: Candidate, who: Asker): AskedLine[] {
  const { vct, claims } = candidate.credential;
  return arrange(candidate.asked.map(asked => {
    const name = String(asked.paths[0]?.[0] ?? asked.id);
    return {
      id: asked.id,
      name,
      label: claimLabel(vct, name),
      value: asked.paths.map(path => claimText(vct, name, valueAt(claims, path))).join(t('list.separator')),
      optional: asked.optional,
      sensitive: claimOf(vct, name)?.sensitive ?? false,
      extra: isExtra(who, vct, name),
    };
  }), definition(vct)?.claims ?? []);
}

function valueAt(claims: Json, path: ClaimPath): Json {
  let value: Json = claims;
  for (const part of path) value = (value as Record<string | number, Json>)[part] ?? null;
  return value;
}

function missingLine(vct: string, path: readonly (string | number | null)[], values: readonly Json[] | undefined): string {
  const name = String(path[0]);
  const label = claimLabel(vct, name);
  return values ? t('missing.value', { claim: label, values: values.map(value => claimText(vct, name, value)).join(t('list.separator')) }) : label;
}
