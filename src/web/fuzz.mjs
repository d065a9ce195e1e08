// Damaged input for the readers of the browser code: node src/web/fuzz.mjs [--target NAME] [--inputs 100000] [--seed N] [--compare FILE]
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const out = mkdtempSync(join(tmpdir(), 'identity-web-fuzz-'));
try {
  const outfile = join(out, 'run.mjs');
  await build({ entryPoints: [join(dirname(fileURLToPath(import.meta.url)), 'lib/fuzz/run.ts')], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' });
  await import(pathToFileURL(outfile).href);
} finally {
  rmSync(out, { recursive: true, force: true });
}
