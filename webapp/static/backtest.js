// How far a backtest is, without loading the page again; when it has ended, the page shows what came of it.
'use strict';
const bar = document.querySelector('progress[data-progress]');
const said = document.getElementById('said');

async function look() {
  const answer = await fetch(bar.dataset.progress, { headers: { Accept: 'application/json' } });
  if (!answer.ok) return false;
  const { done, total, ended } = await answer.json();
  bar.max = total;
  bar.value = done;
  said.textContent = bar.dataset.said.replace('{done}', done).replace('{total}', total);
  return ended;
}

async function watch() {
  const ended = await look().catch(() => false);
  if (ended) location.reload();
  else setTimeout(watch, 2000);
}

if (bar) setTimeout(watch, 1000);
