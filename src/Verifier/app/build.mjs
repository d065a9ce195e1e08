// Builds the verifier's pages into dist/verifier: one page with its styles and first script inside, the scanner and every
// language but English as files of their own, loaded when needed and named by their content, and a service worker that knows
// exactly these files.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyShell, jsonOf, made, stringsOf, typesOf, writeChunks, writeHashed, writePage, writeWorker } from '../../web/pages.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** Builds the verifier into dist/verifier. */
export async function build({ src, dist }) {
  const out = join(dist, 'verifier');
  await mkdir(join(out, 'chunks'), { recursive: true });

  const strings = await textsOf(src);
  const files = {};
  for (const [language, texts] of Object.entries(strings)) if (language !== 'en') files[language] = `/chunks/${await writeHashed(out, 'chunk', JSON.stringify(texts), 'json')}`;
  // A decoder that only some browsers need is a file of its own within the scanner.
  const scanner = await writeChunks(out, 'scanner', join(here, 'check/scanner.ts'));
  const offline = await writeChunks(out, 'offline', join(here, 'offline/offline.ts'));
  await writePage(here, out, [made('verifier', {
    assets: { OFFLINE: `/chunks/${offline[0]}`, SCANNER: `/chunks/${scanner[0]}`, STRINGS: files, ENGLISH: strings.en },
    data: { TYPES: await typesOf(src), TEMPLATES: await jsonOf(join(src, 'Verifier/Policies/Templates')) },
  })]);

  const kept = ['./', ...await copyShell(here, out), ...Object.values(files).map(file => file.slice(1)), ...[...scanner, ...offline].map(file => `chunks/${file}`)];
  await writeWorker(here, out, kept, { PAGES: ['./', 'scan', 'ask', 'result', 'desk'] });
}

/** Language → the texts of these pages, and those of the verdict under "verdict.". */
async function textsOf(src) {
  const [pages, verdicts] = [await stringsOf(src, 'verifier'), await stringsOf(src, 'verdict')];
  return Object.fromEntries(Object.entries(pages).map(([language, texts]) =>
    [language, { ...texts, ...Object.fromEntries(Object.entries(verdicts[language]).map(([key, value]) => [`verdict.${key}`, value])) }]));
}
