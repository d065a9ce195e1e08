/** "What the ledger holds": for everybody who wants to look for themselves. The page is a file of its own, and so is each of its languages. */
import { TRANSPARENCY, TRANSPARENCY_STRINGS } from 'verifier:assets';
import { archivedAt, busy, button, facts, fixed, link, notice, show } from '../shell/frame.ts';
import { loadPart } from '../shell/part.ts';
import { follow, type Page } from '../shell/router.ts';
import { country, t, words } from '../shell/text.ts';
import { download } from '../verdict/save.ts';

/** What the page lends to its part that is loaded later, which would otherwise bring its own copies. */
const kit = { archivedAt, busy, button, country, download, facts, fixed, follow, link, notice, show, t, words };
export type Kit = typeof kit;

export const transparencyPage: Page = async signal => {
  show({ title: t('transparency.title'), screen: 'transparency', sign: 'globe', body: [busy(t('check.busy'))] });
  const part = await loadPart<typeof import('./transparency.ts')>(TRANSPARENCY);
  await part.draw(kit, TRANSPARENCY_STRINGS, signal);
};
