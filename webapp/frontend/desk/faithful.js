// What an editor writes of its own accord into whatever it opens is no change of the owner's: what still stands as it
// stood right after opening is written as the file had it.
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// `now` as the editor has it, `made` what it had made of the file on opening, `read` the file itself.
export function faithful(now, made, read) {
  const origins = new Map(pairs(made, read));
  const written = (part, row) => {
    const [then, file] = origins.get(part.id) || [{}, {}];
    const names = new Set([...Object.keys(file), ...Object.keys(part)]);
    return Object.fromEntries([...names].map(name => {
      if (name === 'components') return [name, part.components.map(one => written(one, shared(one, part.components)))];
      return [name, same(part[name], then[name]) && !(row && name === 'layout') ? file[name] : part[name]];
    }).filter(([, value]) => value !== undefined));
  };
  return written(now);
}

// By the id that the editor knows it by: everything it made, beside what it was made of.
const pairs = (made, read) => [[made.id, [made, read]],
  ...(made.components || []).flatMap((one, at) => pairs(one, read.components[at]))];

// Does another one stand in its row?
const shared = (one, all) => all.some(other => other !== one && other.layout && other.layout.row === one.layout?.row);
