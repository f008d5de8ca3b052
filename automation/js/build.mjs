// Bundles the script that runs in the pages: agent.js to read, agent.min.js to run, their checksums, and the licences
// of what is in them beside our own.
// Usage: node build.mjs [FOLDER], by default dist. The same sources and lockfile give the same bytes.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, 'dist'));
const placeholder = 'BILLAGENT_GUARD_WORD';

const common = {
  absWorkingDir: here,
  bundle: true,
  charset: 'utf8',
  legalComments: 'none', // LICENSES.txt has them
  logLevel: 'warning',
  metafile: true,
  platform: 'browser',
  target: 'esnext',
  tsconfigRaw: '{}',
  write: false,
};

const library = 'dom-accessibility-api';
const used = ['computeAccessibleName', 'getRole'];

// The library is minified, ours is not: a stack trace of ours can be read.
const accessibility = await esbuild.build({
  ...common,
  stdin: { contents: `export { ${used.join(', ')} } from '${library}';`, resolveDir: here },
  format: 'iife',
  globalName: 'domAccessibility',
  minify: true,
});

const theLibrary = {
  name: 'the library, bundled before',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^${library}$`) }, () => ({ path: library, namespace: 'bundled' }));
    build.onLoad({ filter: /.*/, namespace: 'bundled' }, () => ({
      contents: `export const { ${used.join(', ')} } = domAccessibility;`,
    }));
  },
};

// What is around the modules is run first: where the script is installed already, nothing else of it is.
const exit = 'if (globalThis.billagent) return billagentInstall();';
const agent = await esbuild.build({
  ...common,
  entryPoints: ['agent.js'],
  format: 'esm',
  plugins: [theLibrary],
  banner: { js: `(() => {\n${exit}\n${accessibility.outputFiles[0].text.trimEnd()}` },
  footer: { js: '})();' },
});

const script = agent.outputFiles[0].text;
if (script.split(placeholder).length !== 2) throw new Error(`the bundle has ${placeholder} not exactly once`);
if (/^(?:import|export)\b/m.test(script)) throw new Error('the bundle is not a script: it imports or exports');

/** packagesOf names the packages whose files are in a bundle. */
function packagesOf({ inputs }) {
  const found = new Set();
  for (const file of Object.keys(inputs)) {
    const path = relative(here, resolve(here, file)).split(sep);
    const at = path.lastIndexOf('node_modules');
    if (at >= 0) found.add(path.slice(0, at + (path[at + 1].startsWith('@') ? 3 : 2)).join('/'));
  }
  return [...found].sort();
}

const licences = [];
for (const folder of packagesOf(accessibility.metafile)) {
  const { name, version, license } = JSON.parse(await readFile(join(here, folder, 'package.json'), 'utf8'));
  const text = await readFile(join(here, folder, 'LICENSE.md'), 'utf8');
  licences.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
}
if (packagesOf(agent.metafile).length > 0) throw new Error('a package is in the bundle whose licence is not asked for');

await mkdir(out, { recursive: true });
// Every page is sent the script and compiles it. In ASCII a character takes one byte in the engine, and not two.
const small = await esbuild.transform(script, { charset: 'ascii', legalComments: 'none', minify: true });
// esbuild leaves the characters of regular expressions as they are.
const escaped = (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
const files = { 'agent.js': script, 'agent.min.js': small.code.replace(/[^\0-\x7f]/g, escaped) };
for (const [name, text] of Object.entries(files)) await writeFile(join(out, name), text);
const sum = (text) => createHash('sha256').update(text).digest('hex');
const sums = Object.entries(files).map(([name, text]) => `${sum(text)}  ${name}\n`);
await writeFile(join(out, 'agent.sha256'), sums.join(''));
const heading = 'agent.js contains, beside what is of this project:';
await writeFile(join(out, 'LICENSES.txt'), `${heading}\n\n${licences.join('\n')}`);
