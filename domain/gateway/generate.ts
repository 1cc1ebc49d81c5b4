// Writes domain/gateway/generated/ from proto/: the types of every message and service, and the descriptor that is loaded at run
// time, so that no .proto file has to be at hand there. Run `node domain/gateway/generate.ts` after a change of the contract.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { loadOptions } from './load-options.ts';

const root = join(import.meta.dirname, '../..');
const protoFolder = join(root, 'proto');
const protoFiles = ['glyphoxa/v1/session.proto', 'glyphoxa/v1/management.proto'];

/** The folder that is committed. */
export const generatedFolder = join(import.meta.dirname, 'generated');

function runTool(packageName: string, binary: string, args: string[]): void {
  const manifestPath = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const { status, stderr, error } = spawnSync(process.execPath, [join(manifestPath, '..', binary), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${packageName} failed: ${error?.message ?? stderr}`);
}

/** Writes types and descriptor into `folder`, replacing what is there. */
export function generate(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  runTool('@grpc/proto-loader', 'build/bin/proto-loader-gen-types.js', [
    `--longs=${loadOptions.longs.name}`,
    `--enums=${loadOptions.enums.name}`,
    '--defaults',
    '--grpcLib=@grpc/grpc-js',
    '--importFileExtension=.ts',
    '--includeDirs=proto',
    `--outDir=${folder}`,
    ...protoFiles,
  ]);
  // One index per file, for untyped loading, which is not done here.
  for (const file of ['session.ts', 'management.ts']) rmSync(join(folder, file));

  const contract = new protobuf.Root();
  contract.resolvePath = (_origin, target) => join(protoFolder, target);
  contract.loadSync(protoFiles, { keepCase: false });
  contract.resolveAll();
  writeFileSync(join(folder, 'descriptor.json'), `${JSON.stringify(contract.toJSON(), null, 2)}\n`);
  const config = `--config=${join(root, '.prettierrc.json')}`;
  runTool('prettier', 'bin/prettier.cjs', ['--write', '--log-level=warn', '--ignore-path=', config, folder]);
}

if (import.meta.main) generate(generatedFolder);
