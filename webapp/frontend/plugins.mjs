// What the build changes in other people's packages, as little as possible; a text that is not found stops it.
import fs from 'node:fs';
import path from 'node:path';
import words from './zh/built.js';

const NEVER = ['@codemirror/.*', '@bpmn-io/feel-editor', '@bpmn-io/feelers-editor', '@bpmn-io/semver-compat',
  '@bpmn-io/element-templates-validator', '@bpmn-io/extract-process-variables/zeebe', 'bpmnlint/.*', 'focus-trap'];

// The modeler does without what the camunda: dialect never opens (absent.js).
export const lean = {
  name: 'lean',
  setup({ onResolve }) {
    const absent = path.join(import.meta.dirname, 'absent.js');
    const never = new RegExp(`^(${NEVER.join('|')})$`);
    onResolve({ filter: never }, () => ({ path: absent }));
  }
};

// What the pages' policy forbids is said in a way that it allows: markup with style attributes goes through styled.js,
// CodeMirror's <style> becomes a constructed sheet, icons get attributes of their own.
export const underPolicy = {
  name: 'under-policy',
  setup({ onLoad, onResolve }) {
    const styled = path.join(import.meta.dirname, 'styled.js');
    const change = (filter, old, now) =>
      onLoad({ filter }, ({ path: file }) => ({ contents: replaced(file, old, now) }));
    onResolve({ filter: /^domify$/ }, ({ importer }) => importer === styled ? null : { path: styled });
    change(/style-mod\/.*\.c?js$/, /!root\.head && (?=root\.adoptedStyleSheets)/, '');
    change(/(Align|Distribute)ElementsIcons\.js$/, /style="([^"]*)"/g, (_, style) =>
      style.split(';').filter(Boolean).map(rule => rule.replace(/^\s*([\w-]+):\s*(.*)$/, '$1="$2"')).join(' '));
  }
};

// A font's address in a sheet is the one by which the page may ask for it beforehand.
export const plainNames = {
  name: 'plain-names',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /\.woff2\?\d+$/ }, ({ path: asked, ...from }) => resolve(asked.replace(/\?.*/, ''), from));
  }
};

// Chromium then compiles while it downloads, beside the page, what it would compile piece by piece at first use: a
// third of what opening a drawing costs. It has to stand first in the file.
export const AT_ONCE = '//# allFunctionsCalledOnLoad\n';

// Packages without a dictionary: their words are exchanged while building, and the page's language chooses.
export const LANGUAGE = 'var dubanEnglish = document.documentElement.lang === "en";';

export const inChinese = {
  name: 'in-chinese',
  setup({ onLoad }) {
    for (const [name, dictionary] of Object.entries(words)) {
      const filter = new RegExp(`/node_modules/${name.replaceAll('.', '\\.')}$`);
      onLoad({ filter }, ({ path: file }) => ({
        contents: shaken(chosen(name, Object.entries(dictionary), fs.readFileSync(file, 'utf8')))
      }));
    }
  }
};

// What a class needs is written into it, so that the build leaves out a class that nobody asks for: panels of another
// dialect are a tenth of the modeler.
function shaken(text) {
  const needs = new Map();
  const bare = text.replace(/^(\w+)\.(\$inject = [^;]*;)$/gm, (all, name, list) =>
    new RegExp(`^class ${name}\\b`, 'm').test(text) ? (needs.set(name, list), '') : all);
  return bare.replace(/^class (\w+)\b[^{]*\{/gm, (head, name) => needs.has(name) ? `${head} static ${needs.get(name)}` : head);
}

function replaced(file, old, now) {
  const text = fs.readFileSync(file, 'utf8'), changed = text.replace(old, now);
  if (changed === text) throw new Error(`${file} has no ${old} any more`);
  return changed;
}

// A sentence is exchanged wherever it stands, a single word only where it is shown: as the value of one of these names,
// as a default, as what a function gives.
const NAMES = ['label', 'title', 'name', 'description', 'tooltip', 'placeholder', 'text', 'children',
  'start', 'end', 'take', 'create', 'assignment', 'complete', 'delete', 'update', 'timeout', 'expression', 'script'];
const SHOWN = new RegExp(`((\\b(${NAMES.join('|')})['"]?|\\]):\\s*|\\breturn |\\btranslate\\(|_LABEL_PATH, |\\|\\| )$`);

// Every place keeps both languages; what is exchanged is set aside meanwhile, for one text may stand within another.
function chosen(name, words, text) {
  const places = [];
  const aside = choice => `\u0001${places.push(choice) - 1}\u0001`;
  return words.reduce(exchanged(name, aside), text).replace(/\u0001(\d+)\u0001/g, (_, place) => places[place]);
}

const exchanged = (name, aside) => (text, [english, chinese]) => {
  const alone = /^\w+$/.test(english);
  let found = false;
  const changed = ['\'', '"', '`'].reduce((whole, quote) => {
    const theirs = quote + english.replaceAll('\'', quote === '\'' ? '\\\'' : '\'') + quote;
    const [first, ...rest] = whole.split(theirs);
    return rest.reduce((before, after) => {
      const shown = !alone || SHOWN.test(before.slice(-40));
      found ||= shown;
      return before + (shown ? aside(`(dubanEnglish ? ${theirs} : \`${chinese}\`)`) : theirs) + after;
    }, first);
  }, text);
  if (!found) throw new Error(`${name} does not say “${english}” any more`);
  return changed;
};
