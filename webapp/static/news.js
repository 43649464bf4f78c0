// What is new in 我的待办 is said in place, and what others have done; nothing that one reads is moved.
'use strict';
{
  const said = document.querySelector('[data-news]'), rows = [...document.querySelectorAll('li[data-task]')];
  const address = `${said.dataset.news}&on=${rows.map(row => row.dataset.task)}`;
  let etag = '';
  async function look() {
    if (document.hidden) return;
    const answer = await fetch(address, { redirect: 'error', headers: { 'If-None-Match': etag } });
    if (answer.status === 304) return;
    if (!answer.ok) throw answer;
    etag = answer.headers.get('ETag');
    const news = await answer.json();
    for (const row of rows.filter(one => news.gone.includes(one.dataset.task))) {
      const due = row.querySelector('.due');
      due.style.minHeight = `${due.offsetHeight}px`;
      due.textContent = news.done;
    }
    const link = said.firstElementChild;
    link.hidden = !news.new;
    link.textContent = news.new;
  }
  const again = () => look().catch(() => clearInterval(timer)), timer = setInterval(again, 60000);
  document.addEventListener('visibilitychange', again);
}
