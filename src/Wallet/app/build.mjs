// Builds the wallet into dist/wallet: one page with its styles and first script inside, parts that are loaded when needed,
// one file of texts per further language, and a service worker that knows exactly these files.
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hash, made, stringsOf, text, typesOf, writeChunks, writeHashed, writePage } from '../../web/pages.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** Builds the wallet into dist/wallet. */
export async function build({ src, dist }) {
  const out = join(dist, 'wallet');
  await mkdir(join(out, 'chunks'), { recursive: true });
  await mkdir(join(out, 'icons'), { recursive: true });

  const strings = await writeStrings(src, out);
  const later = async (name, entry) => (await writeChunks(out, name, join(here, entry))).map(file => `chunks/${file}`);
  // A decoder that only some browsers need is a file of its own within the scanner.
  const [scanner, drawing, page] = [await later('scanner', 'scan/camera.ts'), await later('drawing', 'answer/drawing.ts'), await later('page', 'receive/page.ts')];
  const assets = { STRINGS: strings, SCANNER: scanner[0], DRAWING: drawing[0], PAGE: page[0] };
  await writePage(here, out, [made('wallet', { assets, types: { TYPES: await typesOf(src) } })]);

  const icons = (await readdir(join(here, 'icons'))).map(name => `icons/${name}`);
  for (const icon of icons) await copyFile(join(here, icon), join(out, icon));
  await copyFile(join(here, 'manifest.webmanifest'), join(out, 'manifest.webmanifest'));

  const files = ['./', 'manifest.webmanifest', ...icons, ...Object.values(strings), ...scanner, ...drawing, ...page];
  const version = await hashOf(files.map(file => join(out, file === './' ? 'index.html' : file)));
  await writeFile(join(out, 'sw.js'), await text({ entryPoints: [join(here, 'sw/sw.ts')], format: 'iife', define: { VERSION: JSON.stringify(version), FILES: JSON.stringify(files) } }));
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

const hashOf = async files => hash((await Promise.all(files.map(file => readFile(file)))).map(content => hash(content)).join());
