// Builds the verifier's pages into dist/verifier: one page with its styles and first script inside, the scanner and every
// language but English as files of their own, loaded when needed and named by their content.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const SETTINGS = { bundle: true, minify: true, write: false, format: 'esm', target: ['es2022', 'chrome109', 'safari16', 'firefox115'], charset: 'utf8', legalComments: 'none', logLevel: 'warning' };

/** Builds the verifier into dist/verifier. */
export async function build({ src, dist }) {
  const out = join(dist, 'verifier');
  await mkdir(join(out, 'chunks'), { recursive: true });

  const strings = await stringsOf(src);
  const files = {};
  for (const [language, texts] of Object.entries(strings)) if (language !== 'en') files[language] = await writeChunk(out, JSON.stringify(texts), 'json');
  const modules = {
    assets: { SCANNER: await writeScanner(out), STRINGS: files, ENGLISH: strings.en },
    data: { TYPES: await types(src), TEMPLATES: await json(join(src, 'Verifier/Policies/Templates')) },
  };

  const css = await text({ entryPoints: [join(here, 'app.css')] });
  const js = await text({ entryPoints: [join(here, 'main.ts')], plugins: [made(modules)] });
  const page = (await readFile(join(here, 'index.html'), 'utf8')).replace('/*css*/', () => css.trim()).replace('/*js*/', () => js.trim());
  await writeFile(join(out, 'index.html'), page);
}

async function text(options) {
  const { outputFiles } = await bundle({ ...SETTINGS, ...options });
  return outputFiles[0].text;
}

/** The scanner with, as a file of its own again, the decoder that only some browsers need. */
async function writeScanner(out) {
  const { outputFiles } = await bundle({
    ...SETTINGS, entryPoints: { scanner: join(here, 'check/scanner.ts') }, splitting: true, outdir: join(out, 'chunks'), entryNames: '[name]-[hash]', chunkNames: 'chunk-[hash]',
  });
  for (const file of outputFiles) await writeFile(file.path, file.contents);
  return `/chunks/${outputFiles.map(file => basename(file.path)).find(name => name.startsWith('scanner-'))}`;
}

/** Language → the texts of these pages, and those of the verdict under "verdict.". */
async function stringsOf(src) {
  const folder = join(src, 'web/strings');
  const read = async (area, language) => JSON.parse(await readFile(join(folder, `${area}.${language}.json`), 'utf8'));
  const languages = (await readdir(folder)).map(name => /^verifier\.(\w+)\.json$/.exec(name)?.[1]).filter(Boolean).sort();
  const all = {};
  for (const language of languages) {
    const verdict = Object.entries(await read('verdict', language)).map(([key, value]) => [`verdict.${key}`, value]);
    all[language] = { ...await read('verifier', language), ...Object.fromEntries(verdict) };
  }
  return all;
}

/** The type definitions without what only issuers' forms need. */
async function types(src) {
  return (await json(join(src, 'Credentials/Types'))).map(({ vct, name, display, color, claims }) => ({ vct, name, display, color, claims: claims.map(({ hint, ...claim }) => claim) }));
}

async function json(folder) {
  const names = (await readdir(folder)).filter(name => name.endsWith('.json')).sort();
  return Promise.all(names.map(async name => JSON.parse(await readFile(join(folder, name), 'utf8'))));
}

async function writeChunk(out, content, extension) {
  const name = `chunks/chunk-${hash(content)}.${extension}`;
  await writeFile(join(out, name), content);
  return `/${name}`;
}

/** Modules `verifier:<name>` made here. */
function made(modules) {
  return {
    name: 'made',
    setup(build) {
      build.onResolve({ filter: /^verifier:/ }, ({ path }) => ({ path: path.slice('verifier:'.length), namespace: 'made' }));
      build.onLoad({ filter: /.*/, namespace: 'made' }, ({ path }) => ({ contents: Object.entries(modules[path]).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`).join('\n') }));
    },
  };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Eight capitals or digits, as esbuild names its files; the server lets such names be kept for ever. */
const hash = content => [...createHash('sha256').update(content).digest()].slice(0, 8).map(byte => ALPHABET[byte & 31]).join('');
