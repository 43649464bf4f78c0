// Builds ../static/built: one script and one sheet per entry, hashed names, compressed copies, everyone's licence.
import { build } from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const here = import.meta.dirname;
const target = path.join(here, '../static/built');
const fresh = `${target}.new`;

fs.rmSync(fresh, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ['viewer.js'],
  outdir: fresh,
  entryNames: '[name]-[hash]',
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['chrome109', 'firefox115', 'safari15'],
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning'
});

const names = {};
for (const file of Object.keys(metafile.outputs)) {
  const name = path.basename(file);
  names[name.replace(/-[A-Z0-9]{8}\./, '.')] = name;
  const bytes = fs.readFileSync(path.join(fresh, name));
  fs.writeFileSync(path.join(fresh, `${name}.gz`), zlib.gzipSync(bytes, { level: 9 }));
  fs.writeFileSync(path.join(fresh, `${name}.br`), zlib.brotliCompressSync(bytes));
}
fs.writeFileSync(path.join(fresh, 'LICENSES.txt'), licences(Object.keys(metafile.inputs)));
fs.writeFileSync(path.join(fresh, 'manifest.json'), JSON.stringify(names, null, 2));
fs.rmSync(target, { recursive: true, force: true });
fs.renameSync(fresh, target);

// The licence of every package that went into a bundle; one without a licence text stops the build.
function licences(inputs) {
  const packages = new Set(inputs.map(input => input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean));
  return [...packages].sort().map(name => {
    const folder = path.join(here, 'node_modules', name);
    const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name} comes without a licence text`);
    return `${name} ${version}\n\n${fs.readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
  }).join(`\n${'-'.repeat(78)}\n\n`);
}
