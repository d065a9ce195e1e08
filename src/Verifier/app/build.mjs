// Builds the verifier's pages into dist/verifier: one page with its styles and first script inside, the scanner and every
// language but English as files of their own, loaded when needed and named by their content, and a service worker that knows
// exactly these files.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyShell, jsonOf, made, prefixed, stringsOf, textsBeside, typesOf, writeChunks, writeHashed, writePage, writeStrong, writeVoices, writeWorker } from '../../web/pages.mjs';
import { writeScripts } from '../../web/scripts.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** Builds the verifier into dist/verifier. */
export async function build({ src, dist }) {
  const out = join(dist, 'verifier');
  await mkdir(join(out, 'chunks'), { recursive: true });

  const strings = await textsOf(src);
  const files = {};
  for (const [language, texts] of Object.entries(strings)) if (language !== 'en') files[language] = `/chunks/${await writeHashed(out, `strings-${language}`, JSON.stringify(texts), 'json')}`;
  const [letters, voices] = [await writeScripts(out), await writeVoices(out, 'verifier', strings)];
  const strong = await writeStrong(out);
  // A decoder that only some browsers need is a file of its own within the scanner.
  const scanner = await writeChunks(out, 'scanner', join(here, 'check/scanner.ts'));
  const offline = await writeChunks(out, 'offline', join(here, 'offline/offline.ts'));
  // The file by which a check still works later: few take it.
  const exit = await writeChunks(out, 'exit', join(here, 'verdict/collect.ts'));
  // The ledger's page: few look at it, so nothing of it is in the first load. English travels with it.
  const transparency = await writeChunks(out, 'transparency', join(here, 'transparency/transparency.ts'));
  const ledger = {};
  for (const [language, texts] of Object.entries(await stringsOf(src, 'transparency'))) if (language !== 'en') ledger[language] = `/chunks/${await writeHashed(out, `transparency-${language}`, JSON.stringify(texts), 'json')}`;
  await writePage(here, out, [made('verifier', {
    assets: { EXIT: `/chunks/${exit[0]}`, OFFLINE: `/chunks/${offline[0]}`, SCANNER: `/chunks/${scanner[0]}`, TRANSPARENCY: `/chunks/${transparency[0]}`, TRANSPARENCY_STRINGS: ledger, STRONG: `/${strong}`, STRINGS: files, ENGLISH: strings.en, LETTERS: letters, VOICES: voices.files, SPOKEN: voices.names },
    data: { TYPES: await typesOf(src, ['scope']), TEMPLATES: (await templatesOf(src)).map(({ texts, ...template }) => ({ ...template, texts: { en: texts.en } })) },
  })]);

  const kept = ['./', strong, ...await copyShell(here, out), ...[...scanner, ...offline].map(file => `chunks/${file}`)];
  await writeWorker(here, out, kept, { LATER: [...[...exit, ...transparency].map(file => `chunks/${file}`), ...Object.values(ledger).map(file => file.slice(1)), ...Object.values(files).map(file => file.slice(1)), ...Object.values(letters).map(({ file }) => file), ...Object.values(voices.files)], PAGES: ['./', 'scan', 'ask', 'result', 'desk', 'read', 'transparency'] });
}

const templatesOf = src => jsonOf(join(src, 'Verifier/Policies/Templates'));

/** Language → the texts of these pages, those of the verdict under "verdict.", and beside English the names of types and questions. */
async function textsOf(src) {
  const [pages, verdicts, questions, templates] = [await stringsOf(src, 'verifier'), await stringsOf(src, 'verdict'), await stringsOf(src, 'questions'), await templatesOf(src)];
  const all = {};
  for (const [language, texts] of Object.entries(pages)) {
    const named = language === 'en' ? {} : await textsBeside(src, language);
    const asked = language === 'en' ? {} : Object.fromEntries(templates.flatMap(({ name, texts }) => Object.entries(texts[language] ?? {}).map(([part, text]) => [`${name}.${part}`, text])));
    all[language] = { ...named, ...prefixed('template', { ...questions[language], ...asked }), ...texts, ...prefixed('verdict', verdicts[language]) };
  }
  return all;
}
