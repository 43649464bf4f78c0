// Inside a list of tasks ↓ or J goes to the next one, ↑ or K to the one before; outside it no key means anything.
'use strict';
{
  const links = [...document.querySelectorAll('li[data-task] div a')];
  for (const hint of document.querySelectorAll('[data-keys]')) hint.hidden = false;
  document.addEventListener('keydown', event => {
    const at = links.indexOf(event.target), step = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (at < 0 || !step || event.ctrlKey || event.altKey || event.metaKey || !links[at + step]) return;
    event.preventDefault();
    links[at + step].focus();
  });
}
