// Builds the wallet into dist/wallet: one page with its styles and first script inside, parts that are loaded when needed,
// one file of texts per further language, and a service worker that knows exactly these files.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyShell, made, stringsOf, typesOf, writeChunks, writeHashed, writePage, writeWorker } from '../../web/pages.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** Builds the wallet into dist/wallet. */
export async function build({ src, dist }) {
  const out = join(dist, 'wallet');
  await mkdir(join(out, 'chunks'), { recursive: true });

  const strings = await writeStrings(src, out);
  const later = async (name, entry) => (await writeChunks(out, name, join(here, entry))).map(file => `chunks/${file}`);
  // A decoder that only some browsers need is a file of its own within the scanner.
  const [scanner, drawing, page] = [await later('scanner', 'scan/camera.ts'), await later('drawing', 'answer/drawing.ts'), await later('page', 'receive/page.ts')];
  const assets = { STRINGS: strings, SCANNER: scanner[0], DRAWING: drawing[0], PAGE: page[0] };
  await writePage(here, out, [made('wallet', { assets, types: { TYPES: await typesOf(src) } })]);

  const files = ['./', ...await copyShell(here, out), ...Object.values(strings), ...scanner, ...drawing, ...page];
  await writeWorker(here, out, files);
}

/** The modules made here, for tests that run without a browser. */
export const testModules = async src => made('wallet', { assets: { STRINGS: {}, SCANNER: '', DRAWING: '', PAGE: '' }, types: { TYPES: await typesOf(src) } });

/** Every language but English, which travels in the page. */
async function writeStrings(src, out) {
  const files = {};
  const contract = await stringsOf(src, 'contract');
  for (const [language, texts] of Object.entries(await stringsOf(src, 'wallet')))
    if (language !== 'en') files[language] = `chunks/${await writeHashed(out, `strings-${language}`, JSON.stringify({ ...contract[language], ...texts }), 'json')}`;
  return files;
}
