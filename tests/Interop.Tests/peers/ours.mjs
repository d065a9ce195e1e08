// Bundles ours.ts with the sources of the wallet as they are, and runs it.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('ours.ts', import.meta.url))], bundle: true, write: false, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error',
});
await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
