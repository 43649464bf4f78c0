// A refused form is read from its top, and a button pressed twice counts once: what is under way is not sent again.
// Without it the second press is told what the first did.
'use strict';
{
  const sent = new WeakSet();
  document.addEventListener('submit', event => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (sent.has(form)) return event.preventDefault();
    sent.add(form);
    setTimeout(() => sent.delete(form), 2000);
  });
  document.querySelector('.errsum')?.focus();
}
