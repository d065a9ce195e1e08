/** The words of the paper, which travel with this part; those of other languages lie in the file of the language. */
import english from '../../../web/strings/paper.en.json' with { type: 'json' };
import { createI18n } from '../../../web/lib/i18n.ts';
import { partWords } from '../shell/text.ts';

const fallback = createI18n('en', english);

export type PaperKey = keyof typeof english;

/** The same for whom it is shown to. */
export const inEnglish = (key: PaperKey): string => fallback.t(key);

/** A text of the paper in the person's language, else in English. */
export const tp = partWords<PaperKey>('paper.', english);
