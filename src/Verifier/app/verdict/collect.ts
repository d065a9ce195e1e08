/** Fetches the exit bundle of one credential and gives it to the person. */
import type { Key } from '../shell/text.ts';
import type { Kit } from './keep.ts';

/** What the service says for each reason that it can name; any other is `exit.refused`. */
const SAID: Readonly<Record<string, Key>> = { 'not-anchored': 'exit.not_anchored', 'no-receipt': 'exit.no_receipt', 'too-large': 'exit.too_large', 'no-state': 'exit.no_state', 'not-read': 'exit.no_state', slow: 'exit.no_state' };

/** Nobody waits longer, in milliseconds; the service gives up before. */
const PATIENCE = 30_000;

/** Asks for it by its entry alone, and says in `place` what came of it. */
export async function collect(kit: Kit, entry: string, issuer: string | undefined, place: HTMLElement): Promise<void> {
  place.replaceChildren(kit.busy(kit.t('exit.busy')));
  const waiting = new AbortController();
  const limit = setTimeout(() => waiting.abort(), PATIENCE);
  try {
    const answer = await fetch(`/api/exit/${entry}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ issuer }), signal: waiting.signal });
    if (!answer.ok) return refuse(kit, place, answer.status, await answer.text());
    const head = (name: string): string => answer.headers.get(name) ?? '';
    kit.download(await answer.blob(), `proof-${entry.slice(0, 8)}.idexit`, 'application/zip');
    place.replaceChildren(
      kit.notice('success', kit.t('exit.done', { date: kit.day(head('exit-as-of')) }), { testid: 'keep-done' }),
      ...head('exit-proven') === 'false' ? [kit.notice('warning', kit.t('exit.unproven'), { testid: 'keep-unproven' })] : [],
      ...head('exit-status-lists') === '0' ? [kit.notice('warning', kit.t('exit.no_lists'), { testid: 'keep-no-lists' })] : []);
  } catch {
    place.replaceChildren(kit.problem('offline'));
  } finally {
    clearTimeout(limit);
  }
}

function refuse(kit: Kit, place: HTMLElement, status: number, text: string): void {
  const code = /"urn:identity:problem:exit-([a-z-]+)"/.exec(text)?.[1] ?? '';
  if (status === 429 || code === 'busy') return place.replaceChildren(kit.problem(status === 429 ? 'too_many' : 'busy'));
  place.replaceChildren(kit.notice('warning', kit.t(SAID[code] ?? 'exit.refused'), { testid: 'keep-refused' }));
}
