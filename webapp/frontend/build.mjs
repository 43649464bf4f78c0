// Builds ../static/built: one script and one sheet per entry, hashed names, compressed copies, everyone's licence.
import { build } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { AT_ONCE, inChinese, LANGUAGE, lean, plainNames, underPolicy } from './plugins.mjs';

const here = import.meta.dirname;
const target = path.join(here, '../static/built');
const fresh = path.join(here, `node_modules/.built-${process.pid}`);     // two builds at once do not mix
const common = {
  absWorkingDir: here,
  outdir: fresh,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['chrome109', 'firefox115', 'safari15'],
  charset: 'utf8',
  banner: { js: AT_ONCE + LANGUAGE },
  legalComments: 'none',
  loader: { '.woff2': 'file', '.woff': 'empty', '.ttf': 'empty', '.eot': 'empty', '.svg': 'empty' },
  metafile: true,
  logLevel: 'warning'
};

process.on('exit', () => fs.rmSync(fresh, { recursive: true, force: true }));
const built = await Promise.all([
  build({ ...common, entryPoints: ['viewer.js', 'modeler.js'], plugins: [lean, underPolicy, inChinese, plainNames] }),
  build({ ...common, entryPoints: ['tables.js', 'forms.js'], plugins: [underPolicy, inChinese, plainNames] })
]);

const names = {};
for (const file of built.flatMap(({ metafile }) => Object.keys(metafile.outputs))) {
  const name = path.basename(file);
  names[name.replace(/-[A-Z0-9]{8}\./, '.')] = name;
  if (name.endsWith('.woff2')) continue;          // compressed in itself
  const bytes = fs.readFileSync(path.join(fresh, name));
  fs.writeFileSync(path.join(fresh, `${name}.gz`), zlib.gzipSync(bytes, { level: 9 }));
  fs.writeFileSync(path.join(fresh, `${name}.br`), zlib.brotliCompressSync(bytes));
}
const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
fs.writeFileSync(path.join(fresh, 'LICENSES.txt'), licences(inputs));
fs.writeFileSync(path.join(fresh, 'manifest.json'), JSON.stringify(names, null, 2));
fs.rmSync(target, { recursive: true, force: true });
fs.renameSync(fresh, target);

// The licence of every package that went into a bundle; one without any stops the build.
function licences(inputs) {
  const folders = inputs.map(input => input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]).filter(Boolean);
  return [...new Set(folders)].sort().map(folder => {
    const about = JSON.parse(fs.readFileSync(path.join(here, folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(path.join(here, folder)).find(entry => /^licen[cs]e/i.test(entry));
    const text = file ? fs.readFileSync(path.join(here, folder, file), 'utf8') : declared(about);
    return `${about.name} ${about.version}\n\n${text.trim()}\n`;
  }).join(`\n${'-'.repeat(78)}\n\n`);
}

// A package that names the MIT licence without bringing its text.
function declared({ name, license, author }) {
  if (license !== 'MIT' || !author) throw new Error(`${name} comes without a licence`);
  const ours = fs.readFileSync(path.join(here, 'node_modules/camunda-dmn-moddle/LICENSE'), 'utf8');
  return ours.replace(/Copyright.*/, `Copyright (c) ${author.name || author}`);
}
