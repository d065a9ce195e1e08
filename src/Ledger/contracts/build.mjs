import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import solc from 'solc';

const here = dirname(fileURLToPath(import.meta.url));
const contracts = ['IdentityRegistry', 'IdentityGovernance'];
const sources = contracts.flatMap(name => [`I${name}.sol`, `${name}.sol`]);

/** Compiles each contract into dist/contracts/NAME.json: { abi, bytecode, runtime, storage }. Same sources, same bytes. */
export async function build({ dist }) {
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(await Promise.all(sources.map(async name => [name, { content: await readFile(join(here, name), 'utf8') }]))),
    settings: {
      evmVersion: 'istanbul', // permissioned networks run old rules: the default's PUSH0 deploys nothing there
      optimizer: { enabled: true, runs: 200 },
      metadata: { bytecodeHash: 'none', appendCBOR: false }, // a comment must not change the code
      outputSelection: Object.fromEntries(contracts.map(name => [`${name}.sol`, { [name]: ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object', 'storageLayout'] }])),
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  // The one warning we live with: the compiler will drop istanbul some day, and is pinned until then.
  const problems = (output.errors ?? []).filter(p => p.severity === 'error' || !p.message.startsWith('Support for EVM versions older than london'));
  if (problems.length > 0) throw new Error(problems.map(p => p.formattedMessage).join('\n'));

  await mkdir(join(dist, 'contracts'), { recursive: true });
  for (const name of contracts) {
    const { abi, evm, storageLayout } = output.contracts[`${name}.sol`][name];
    const storage = storageLayout.storage.map(({ label, slot, offset, type }) => ({ label, slot, offset, type: storageLayout.types[type].label }));
    await writeFile(join(dist, 'contracts', `${name}.json`), JSON.stringify({ abi, bytecode: '0x' + evm.bytecode.object, runtime: '0x' + evm.deployedBytecode.object, storage }) + '\n');
  }
}
