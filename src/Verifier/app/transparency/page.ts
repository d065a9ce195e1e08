/** "What the ledger holds": for everybody who wants to look for themselves. The page is a file of its own, and so is each of its languages. */
import { TRANSPARENCY, TRANSPARENCY_STRINGS } from 'verifier:assets';
import { Failure } from '../shell/api.ts';
import { archivedAt, busy, button, facts, fixed, link, notice, show } from '../shell/frame.ts';
import { follow, type Page } from '../shell/router.ts';
import { country, t, words } from '../shell/text.ts';
import { download } from '../verdict/save.ts';

/** What the page lends to its part that is loaded later, which would otherwise bring its own copies. */
const kit = { archivedAt, busy, button, country, download, facts, fixed, follow, link, notice, show, t, words };
export type Kit = typeof kit;

export const transparencyPage: Page = async signal => {
  show({ title: t('transparency.title'), screen: 'transparency', sign: 'globe', body: [busy(t('check.busy'))] });
  const missing = (): never => { throw new Failure('offline', 'part of the page'); };
  const part = await import(new URL(TRANSPARENCY, document.baseURI).href).catch(missing) as typeof import('./transparency.ts');
  await part.draw(kit, TRANSPARENCY_STRINGS, signal);
};
