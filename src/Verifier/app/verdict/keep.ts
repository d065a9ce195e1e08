/** The file by which this check still works when every server is gone (docs/exit-bundle.md). What collects it is loaded when somebody wants it. */
import { EXIT } from 'verifier:assets';
import { h, type Child } from '../../../web/lib/dom.ts';
import type { Verdict } from '../shell/api.ts';
import { busy, button, notice } from '../shell/frame.ts';
import { loadPart } from '../shell/part.ts';
import { problem } from '../shell/problems.ts';
import { day, t } from '../shell/text.ts';
import { download } from './save.ts';

/** What the page lends to its part that is loaded later, which would otherwise bring its own copies. */
const kit = { busy, day, download, notice, problem, t };
export type Kit = typeof kit;

/** A card with what the file is for; nothing where the ledger has no entry, and where this service is itself made of such files. */
export function keepCard({ outcome, ledger, archive, credential, statusList: list }: Verdict): Child {
  if (!ledger || archive) return null;
  const place = h('div', { class: 'stack', 'aria-live': 'polite', testid: 'keep-answer' });
  const make = button('exit.make', () => {
    make.disabled = true;
    void loadPart<typeof import('./collect.ts')>(EXIT)
      .then(part => part.collect(kit, { entry: ledger.entry, issuer: credential.issuer?.issuer, list }, place))
      .catch((error: unknown) => place.replaceChildren(problem(error)))
      .finally(() => { make.disabled = false; });
  }, { testid: 'keep-proof', tone: 'secondary', icon: 'file' });
  return h('details', { class: 'card no-print', testid: 'keep' },
    h('summary', null, t('exit.title')),
    h('div', { class: 'stack' },
      h('p', { testid: 'keep-what' }, t(outcome === 'valid' ? 'exit.what' : 'exit.what.other')),
      h('div', { class: 'row' }, make),
      place));
}
