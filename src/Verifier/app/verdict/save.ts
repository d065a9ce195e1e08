import { h } from '../../../web/lib/dom.ts';
import type { Verdict } from '../shell/api.ts';

/** The verdicts as a file, as the API gave them: what was seen, where and when. */
export function save(verdicts: readonly Verdict[]): void {
  const at = new Date().toISOString();
  const file = new Blob([`${JSON.stringify({ checkedBy: location.origin, savedAt: at, verdicts }, null, 2)}\n`], { type: 'application/json' });
  const url = URL.createObjectURL(file);
  const anchor = h('a', { href: url, download: `verdict-${at.slice(0, 19).replace(/[T:]/g, '-')}.json` });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
