// A file that is too large is told before it is sent: far above the limit the server hangs up without a page.
'use strict';
for (const field of document.querySelectorAll('input[type=file][data-most]')) {
  field.addEventListener('change', () => {
    const sizes = [...field.files].map(one => one.size), most = Number(field.dataset.most);
    const fits = sizes.every(size => size <= most) && sizes.reduce((sum, size) => sum + size, 0) <= 3 * most;
    field.setCustomValidity(fits ? '' : document.getElementById(`${field.id}-h`).textContent);
    field.reportValidity();
  });
}
