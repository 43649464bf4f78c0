// Comfort for stories: while one writes, what could stand here is offered below; the list goes on telling by itself.
'use strict';
document.querySelector('form[data-more]')?.requestSubmit();

for (const text of document.querySelectorAll('textarea[data-story]')) {
  const known = JSON.parse(text.dataset.story);
  const list = document.createElement('ul');
  const MOST = 8;
  let offered = [], chosen = 0;
  list.id = 'offers';
  list.className = 'offers plain';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', text.dataset.offers);
  list.hidden = true;
  text.after(list);
  text.setAttribute('aria-autocomplete', 'list');
  text.setAttribute('aria-controls', list.id);

  // The line up to the caret, the word that is being written, and the line above that it belongs to.
  function here() {
    const before = text.value.slice(0, text.selectionStart);
    const line = before.slice(before.lastIndexOf('\n') + 1);
    const head = before.split('\n').slice(0, -1).reverse().find(one => /^\S/.test(one) && !one.startsWith('#')) ?? '';
    return { line, word: /\S*$/.exec(line)[0], head };
  }

  // What a line that begins so may hold at the next place: words with what they are called.
  function words({ line, word, head }) {
    if (/^\s/.test(line)) return line.includes('=') ? {} : known.fields[step(head)] ?? {};
    const done = line.slice(0, line.length - word.length).trim();
    if (!done) return Object.fromEntries(known.forms.map(form => [form.verb, form.said]));
    const form = known.forms.find(one => done === one.verb || done.startsWith(`${one.verb} `));
    if (!form) return longer(done);
    const place = form.places[done.slice(form.verb.length).split(' ').filter(one => one && one !== '照例').length];
    return { ...(done === form.verb ? longer(done) : {}), ...known[place] };
  }

  // The second words of the lines that begin so.
  function longer(done) {
    return Object.fromEntries(known.forms.filter(one => one.verb.startsWith(`${done} `))
      .map(one => [one.verb.slice(done.length + 1), one.said]));
  }

  function step(head) {
    const [verb, ...rest] = head.split(/\s+/);
    return verb === '立项' ? verb : verb === '照例' ? rest[0] : rest[1];
  }

  function offer() {
    const at = here();
    const found = at.word || at.line.endsWith(' ') ? Object.entries(words(at)) : [];
    const near = ([code, name]) => [code.startsWith(at.word), name?.startsWith(at.word), name?.includes(at.word)]
      .indexOf(true);
    offered = found.filter(one => one[0] !== at.word && near(one) >= 0).sort((one, other) => near(one) - near(other))
      .slice(0, MOST);
    chosen = 0;
    draw();
  }

  function draw() {
    list.replaceChildren(...offered.map(([code, name], number) => {
      const one = document.createElement('li');
      one.id = `offer-${number}`;
      one.setAttribute('role', 'option');
      one.setAttribute('aria-selected', number === chosen);
      one.textContent = name ? `${code}　${name}` : code;
      one.addEventListener('pointerdown', event => { event.preventDefault(); take(number); });
      return one;
    }));
    list.hidden = !offered.length;
    if (offered.length) text.setAttribute('aria-activedescendant', `offer-${chosen}`);
    else text.removeAttribute('aria-activedescendant');
  }

  function take(number) {
    const { word, line } = here();
    const tail = /^\s/.test(line) ? ' = ' : ' ';
    text.setRangeText(offered[number][0] + tail, text.selectionStart - word.length, text.selectionStart, 'end');
    offer();
  }

  text.addEventListener('input', offer);
  text.addEventListener('click', offer);
  text.addEventListener('blur', () => { offered = []; draw(); });
  text.addEventListener('keydown', event => {
    if (!offered.length || event.isComposing) return;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) chosen = (chosen + move + offered.length) % offered.length;
    else if (event.key === 'Escape') offered = [];
    else if (event.key === 'Tab' && !event.shiftKey) return void (event.preventDefault(), take(chosen));
    else return;
    event.preventDefault();
    draw();
  });
}
