// Builds the wallet into dist/wallet: one page with its styles and first script inside, a scanner loaded when needed,
// one file of texts per further language, and a service worker that knows exactly these files.
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const SETTINGS = { bundle: true, minify: true, write: false, format: 'esm', target: ['es2022', 'chrome109', 'safari16', 'firefox115'], charset: 'utf8', legalComments: 'none', logLevel: 'warning' };

/** Builds the wallet into dist/wallet. */
export async function build({ src, dist }) {
  const out = join(dist, 'wallet');
  await mkdir(join(out, 'chunks'), { recursive: true });
  await mkdir(join(out, 'icons'), { recursive: true });

  const strings = await writeStrings(src, out);
  const scanner = await writeScanner(out);
  const css = await text({ entryPoints: [join(here, 'app.css')] });
  const js = await text({ entryPoints: [join(here, 'main.ts')], plugins: [made({ assets: { STRINGS: strings, SCANNER: scanner.entry }, types: { TYPES: await types(src) } })] });
  const page = (await readFile(join(here, 'index.html'), 'utf8')).replace('/*css*/', () => css.trim()).replace('/*js*/', () => js.trim());
  await writeFile(join(out, 'index.html'), page);

  const icons = (await readdir(join(here, 'icons'))).map(name => `icons/${name}`);
  for (const icon of icons) await copyFile(join(here, icon), join(out, icon));
  await copyFile(join(here, 'manifest.webmanifest'), join(out, 'manifest.webmanifest'));

  const files = ['./', 'manifest.webmanifest', ...icons, ...Object.values(strings), ...scanner.files];
  const version = await hashOf(files.map(file => join(out, file === './' ? 'index.html' : file)));
  await writeFile(join(out, 'sw.js'), await text({ entryPoints: [join(here, 'sw/sw.ts')], format: 'iife', define: { VERSION: JSON.stringify(version), FILES: JSON.stringify(files) } }));
}

/** The modules made here, for tests that run without a browser. */
export const testModules = async src => made({ assets: { STRINGS: {}, SCANNER: '' }, types: { TYPES: await types(src) } });

async function text(options) {
  const { outputFiles } = await bundle({ ...SETTINGS, ...options });
  return outputFiles[0].text;
}

/** The scanner is a world of its own; a decoder that only some browsers need is a file of its own within it. */
async function writeScanner(out) {
  const { outputFiles } = await bundle({
    ...SETTINGS, entryPoints: { scanner: join(here, 'scan/camera.ts') }, splitting: true, outdir: join(out, 'chunks'), entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]',
  });
  for (const file of outputFiles) await writeFile(file.path, file.contents);
  const files = outputFiles.map(file => `chunks/${basename(file.path)}`);
  return { entry: files.find(file => file.startsWith('chunks/scanner-')), files };
}

/** Every language but English, which travels in the page. */
async function writeStrings(src, out) {
  const folder = join(src, 'web/strings');
  const files = {};
  for (const name of (await readdir(folder)).filter(name => /^wallet\.\w+\.json$/.test(name) && name !== 'wallet.en.json').sort()) {
    const content = JSON.stringify(JSON.parse(await readFile(join(folder, name), 'utf8')));
    const language = name.split('.')[1];
    files[language] = `chunks/strings-${language}-${hash(content)}.json`;
    await writeFile(join(out, files[language]), content);
  }
  return files;
}

/** The type definitions without what only issuers' forms need. */
async function types(src) {
  const folder = join(src, 'Credentials/Types');
  const all = [];
  for (const name of (await readdir(folder)).filter(name => name.endsWith('.json')).sort()) {
    const { vct, name: short, display, color, claims } = JSON.parse(await readFile(join(folder, name), 'utf8'));
    all.push({ vct, name: short, display, color, claims: claims.map(({ hint, ...claim }) => claim) });
  }
  return all;
}

/** Modules `wallet:<name>` made here. */
function made(modules) {
  return {
    name: 'made',
    setup(build) {
      build.onResolve({ filter: /^wallet:/ }, ({ path }) => ({ path: path.slice('wallet:'.length), namespace: 'made' }));
      build.onLoad({ filter: /.*/, namespace: 'made' }, ({ path }) => ({ contents: Object.entries(modules[path]).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`).join('\n') }));
    },
  };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Eight capitals or digits, as esbuild names its files; the server lets such names be kept for ever. */
const hash = content => [...createHash('sha256').update(content).digest()].slice(0, 8).map(byte => ALPHABET[byte & 31]).join('');
const hashOf = async files => hash((await Promise.all(files.map(file => readFile(file)))).map(content => hash(content)).join());
