// Letters for devices that lack a script: the block of each script from the Noto fonts (SIL Open Font License 1.1, whose text goes along).
import { copyFile, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { writeHashed } from './pages.mjs';

const resolve = createRequire(import.meta.url).resolve;

/** Language → the script's package of Noto Sans and two of its signs, of different width. */
const SCRIPTS = {
  ar: ['arabic', 'اص'], ur: ['arabic', 'اص'], hi: ['devanagari', 'रऋ'], ne: ['devanagari', 'रऋ'], bn: ['bengali', 'রঋ'],
  si: ['sinhala', 'රඖ'], ta: ['tamil', 'ரஔ'], my: ['myanmar', 'ငက'], am: ['ethiopic', 'ሀጯ'],
};

/** Writes the fonts into `out`/chunks; language → { file, sample }. */
export async function writeScripts(out) {
  const [files, fonts] = [new Map(), {}];
  for (const [language, [script, sample]] of Object.entries(SCRIPTS)) {
    const folder = dirname(resolve(`@fontsource/noto-sans-${script}/package.json`));
    if (!files.has(script)) {
      files.set(script, `chunks/${await writeHashed(out, `letters-${script}`, await readFile(join(folder, `files/noto-sans-${script}-${script}-400-normal.woff2`)), 'woff2')}`);
      await copyFile(join(folder, 'LICENSE'), join(out, `chunks/letters-${script}.txt`));
    }
    fonts[language] = { file: files.get(script), sample };
  }
  return fonts;
}
