// Checks the types of the shared library, the wallet and the scanner, then bundles every *.test.ts of theirs and runs
// them under Node's own test runner.
// node src/web/test.mjs [part of a file name]   → ends with node:test's totals; exits 1 when a test fails.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testModules } from '../Wallet/app/build.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const src = join(here, '..');
const wanted = process.argv[2] ?? '';
const skipped = new Set(['node_modules', 'dist', 'bin', 'obj']);

const folders = [here, join(src, 'Wallet/app'), join(src, 'Verifier/app')].filter(existsSync);

for (const project of [...folders, join(src, 'Wallet/app/sw'), join(src, 'Verifier/app/sw')].map(folder => join(folder, 'tsconfig.json')).filter(existsSync)) {
  const check = spawnSync(join(src, '../node_modules/.bin/tsc'), ['--noEmit', '-p', project], { stdio: 'inherit' });
  if (check.status !== 0) {
    console.error(`Type errors in ${relative(src, project)}.`);
    process.exit(1);
  }
}

const tests = folders
  .flatMap(folder => find(folder))
  .filter(file => relative(src, file).includes(wanted));
if (tests.length === 0) {
  console.error(`No *.test.ts matches "${wanted}".`);
  process.exit(1);
}

const out = mkdtempSync(join(tmpdir(), 'identity-web-tests-'));
try {
  await build({
    entryPoints: Object.fromEntries(tests.map(file => [relative(src, file).replaceAll('/', '.').replace(/\.ts$/, ''), file])),
    outdir: out, outExtension: { '.js': '.mjs' }, bundle: true, platform: 'node', format: 'esm', target: 'node20',
    sourcemap: 'inline', logLevel: 'warning', plugins: [await testModules(src)],
  });
  const files = readdirSync(out).filter(name => name.endsWith('.test.mjs')).map(name => join(out, name));
  const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', `--test-reporter=${process.stdout.isTTY ? 'spec' : 'tap'}`, ...files], {
    stdio: 'inherit', env: { ...process.env, IDENTITY_ROOT: join(src, '..') },
  });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}

function find(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? (skipped.has(entry.name) ? [] : find(join(folder, entry.name)))
      : entry.name.endsWith('.test.ts') ? [join(folder, entry.name)] : []);
}
