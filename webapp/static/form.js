// Comfort for forms; every page works without it. Fields appear and vanish as one answers, rows are added in place,
// what is typed is kept as a draft, and a button pressed twice counts once.
'use strict';
for (const form of document.querySelectorAll('form[data-form]')) {
  const same = (a, b) => a === b || (a != null && b != null && String(a) === String(b));
  const empty = v => v == null || v === '' || v === false || v.length === 0;

  function answer(name) {
    const found = [...form.elements].filter(e => e.name === name && e.type !== 'submit');
    if (!found.length) return null;
    const ticked = found.filter(e => e.checked).map(e => e.value);
    const first = found[0];
    if (first.type === 'radio') return ticked[0] ?? null;
    if (first.type === 'checkbox') return found.length === 1 && first.value === 'true' ? ticked.length > 0 : ticked;
    if (/numeric|decimal/.test(first.inputMode)) return first.value.trim() === '' ? null : Number(first.value);
    return first.value.trim() === '' ? null : first.value;
  }

  // Null is neither yes nor no, as in FEEL: `sure` settles it, else an unknown part leaves it open.
  function joined(parts, sure) {
    return parts.includes(sure) ? sure : parts.some(one => one == null) ? null : !sure;
  }

  function decide([op, ...args], row) {
    const at = i => decide(args[i], row);
    switch (op) {
      case 'lit': return args[0];
      case 'list': return args.map(one => decide(one, row));
      case 'var': return (row && form.elements[row + args[0]]) ? answer(row + args[0]) : answer(args[0]);
      case 'and': return joined(args.map(one => decide(one, row)), false);
      case 'or': return joined(args.map(one => decide(one, row)), true);
      case 'not': return at(0) == null ? null : !at(0);
      case 'no': return !at(0);
      case 'empty': return empty(at(0));
      case '==': return same(at(0), at(1));
      case '!=': return !same(at(0), at(1));
      case 'in': return [].concat(at(1)).some(one => same(one, at(0)));
      case '<': return at(0) == null || at(1) == null ? null : at(0) < at(1);
      case '<=': return at(0) == null || at(1) == null ? null : at(0) <= at(1);
      case '>': return at(0) == null || at(1) == null ? null : at(0) > at(1);
      case '>=': return at(0) == null || at(1) == null ? null : at(0) >= at(1);
    }
    return false;
  }

  // What is hidden is not posted and counts as empty for every condition after it.
  function follow() {
    for (const part of form.querySelectorAll('[data-hide]')) {
      const hide = Boolean(decide(JSON.parse(part.dataset.hide), part.closest('[data-row]')?.dataset.row));
      part.hidden = hide;
      for (const control of part.querySelectorAll('input,select,textarea,button')) {
        control.disabled = hide || Boolean(control.closest('[data-hide][hidden]'));
      }
    }
  }

  // Another row: a copy of the last one with the next number, everything in it empty.
  function more(key) {
    const list = form.querySelector(`[data-rows="${key}"]`);
    const rows = list.querySelectorAll('[data-row]');
    const last = rows[rows.length - 1];
    const from = last.dataset.row, to = `${key}-${rows.length}-`;
    const copy = last.cloneNode(true);
    copy.dataset.row = to;
    for (const part of copy.querySelectorAll('*')) {
      for (const name of ['id', 'name', 'for', 'aria-describedby']) {
        const value = part.getAttribute(name);
        if (value) part.setAttribute(name, value.split(' ').map(v => v.startsWith(from) ? to + v.slice(from.length) : v).join(' '));
      }
      if (part.matches('input[type=checkbox],input[type=radio]')) part.checked = false;
      else if (part.matches('input,textarea,select')) part.value = '';
    }
    copy.querySelectorAll('.err').forEach(part => part.remove());
    copy.querySelectorAll('.bad').forEach(part => part.classList.remove('bad'));
    copy.querySelectorAll('[aria-invalid]').forEach(part => part.removeAttribute('aria-invalid'));
    const legend = copy.querySelector('legend');
    legend.textContent = legend.textContent.replace(/\d+/, rows.length + 1);
    last.after(copy);
    copy.querySelector('input,textarea,select').focus();
  }

  // The draft is kept a moment after the last change, and when the page is left.
  const saved = form.querySelector('[data-saved]');
  let timer = 0, changed = false, sent = false;
  function keep(leaving) {
    clearTimeout(timer);
    if (!changed || sent || !saved) return;
    changed = false;
    const data = new FormData(form);
    data.set('draft', 'auto');
    for (const box of form.querySelectorAll('[type=file]')) data.delete(box.name);   // files wait for the button
    fetch(form.action, { method: 'POST', body: data, keepalive: leaving, redirect: 'error', headers: { Accept: 'application/json' } })
      .then(answer => answer.ok ? answer.json() : Promise.reject(answer.status))
      .then(said => { saved.textContent = said.saved; })
      .catch(() => { changed = true; });
  }
  form.addEventListener('input', () => { follow(); changed = true; clearTimeout(timer); timer = setTimeout(keep, 3000, false); });
  document.addEventListener('visibilitychange', () => document.hidden && keep(true));

  // A phrase that is chosen goes where the opinion is being written.
  form.addEventListener('change', event => {
    const list = event.target, box = list.dataset.phrase && form.elements[list.dataset.phrase];
    if (!box || !list.value) return;
    box.setRangeText(list.value, box.selectionStart, box.selectionEnd, 'end');
    list.value = '';
    box.focus();
    box.dispatchEvent(new Event('input', { bubbles: true }));
  });

  form.addEventListener('click', event => {
    const button = event.target.closest('[data-more]');
    if (button) { event.preventDefault(); more(button.dataset.more); follow(); }
  });
  form.addEventListener('submit', event => {
    if (sent) event.preventDefault();
    sent = true;
    clearTimeout(timer);
  });
  window.addEventListener('pageshow', event => { if (event.persisted) sent = false; });
  follow();
}
