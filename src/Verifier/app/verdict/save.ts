import { h } from '../../../web/lib/dom.ts';
import type { Verdict } from '../shell/api.ts';

/** The verdicts as a file, as the API gave them: what was seen, where and when. */
export function save(verdicts: readonly Verdict[]): void {
  const at = new Date().toISOString();
  download(`${JSON.stringify({ checkedBy: location.origin, savedAt: at, verdicts }, null, 2)}\n`, `verdict-${at.slice(0, 19).replace(/[T:]/g, '-')}.json`, 'application/json');
}

/** Gives a text, or what was fetched, to the person as a file. */
export function download(text: string | Blob, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const anchor = h('a', { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
