/** Fetches the exit bundle of one credential and gives it to the person. */
import { sha256, toHex } from '../../../web/lib/bytes.ts';
import type { Key } from '../shell/text.ts';
import type { Kit } from './keep.ts';

/** What the service says for each reason that it can name; any other is `exit.refused`. */
const SAID: Readonly<Record<string, Key>> = { 'not-anchored': 'exit.not_anchored', 'no-receipt': 'exit.no_receipt', 'too-large': 'exit.too_large', 'no-state': 'exit.no_state', 'not-read': 'exit.no_state', slow: 'exit.no_state' };

/** Nobody waits longer, in milliseconds; the service gives up before. */
const PATIENCE = 30_000;

/** Of which credential: `list` is the address of its status list, where it names one. */
export interface Wanted { readonly entry: string; readonly issuer: string | undefined; readonly list: string | undefined }

/** Asks for it by its entry and issuer alone, and says in `place` what came of it. */
export async function collect(kit: Kit, { entry, issuer, list }: Wanted, place: HTMLElement): Promise<void> {
  place.replaceChildren(kit.busy(kit.t('exit.busy')));
  const waiting = new AbortController();
  const limit = setTimeout(() => waiting.abort(), PATIENCE);
  try {
    const answer = await fetch(`/api/exit/${entry}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ issuer }), signal: waiting.signal });
    if (!answer.ok) return refuse(kit, place, answer.status, await answer.text());
    const file = await answer.blob();
    const date = kit.day(answer.headers.get('exit-as-of') ?? '');
    const proven = answer.headers.get('exit-proven');
    const tellsStatus = list === undefined || await holdsList(file, list);
    kit.download(file, `proof-${entry.slice(0, 8)}.idexit`, 'application/zip');
    place.replaceChildren(
      proven === 'true' ? kit.notice('success', kit.t('exit.done', { date }), { testid: 'keep-done' }) : kit.notice('info', kit.t('exit.told', { date }), { testid: 'keep-done' }),
      ...proven === 'true' ? [] : [proven === 'false' ? kit.notice('warning', kit.t('exit.unproven'), { testid: 'keep-unproven' }) : kit.notice('warning', kit.t('exit.unchecked'), { testid: 'keep-unchecked' })],
      ...tellsStatus ? [] : [kit.notice('warning', kit.t('exit.no_lists'), { testid: 'keep-no-lists' })]);
  } catch {
    place.replaceChildren(kit.problem('offline'));
  } finally {
    clearTimeout(limit);
    place.scrollIntoView({ block: 'nearest' });
  }
}

/** Looked for in the file itself, by the name of the member, which stands in a ZIP file as it is: the service is not told which list it is. */
async function holdsList(file: Blob, address: string): Promise<boolean> {
  return new TextDecoder('latin1').decode(await file.arrayBuffer()).includes(`status/${toHex(await sha256(address))}.jwt`);
}

function refuse(kit: Kit, place: HTMLElement, status: number, text: string): void {
  const code = /"urn:identity:problem:exit-([a-z-]+)"/.exec(text)?.[1] ?? '';
  if (status === 429 || code === 'busy') return place.replaceChildren(kit.problem(status === 429 ? 'too_many' : 'busy'));
  place.replaceChildren(kit.notice('warning', kit.t(SAID[code] ?? 'exit.refused'), { testid: 'keep-refused' }));
}
