import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import solc from 'solc';

const here = dirname(fileURLToPath(import.meta.url));
const sources = ['IIdentityRegistry.sol', 'IdentityRegistry.sol'];

/** Compiles the registry into dist/contracts/IdentityRegistry.json: { abi, bytecode, runtime }. Same sources, same bytes. */
export async function build({ dist }) {
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(await Promise.all(sources.map(async name => [name, { content: await readFile(join(here, name), 'utf8') }]))),
    settings: {
      evmVersion: 'istanbul', // permissioned networks run old rules: the default's PUSH0 deploys nothing there
      optimizer: { enabled: true, runs: 200 },
      metadata: { bytecodeHash: 'none', appendCBOR: false }, // a comment must not change the code
      outputSelection: { 'IdentityRegistry.sol': { IdentityRegistry: ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  // The one warning we live with: the compiler will drop istanbul some day, and is pinned until then.
  const problems = (output.errors ?? []).filter(p => p.severity === 'error' || !p.message.startsWith('Support for EVM versions older than london'));
  if (problems.length > 0) throw new Error(problems.map(p => p.formattedMessage).join('\n'));

  const { abi, evm } = output.contracts['IdentityRegistry.sol'].IdentityRegistry;
  const artefact = { abi, bytecode: '0x' + evm.bytecode.object, runtime: '0x' + evm.deployedBytecode.object };
  await mkdir(join(dist, 'contracts'), { recursive: true });
  await writeFile(join(dist, 'contracts', 'IdentityRegistry.json'), JSON.stringify(artefact) + '\n');
}
