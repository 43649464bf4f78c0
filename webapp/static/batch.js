// 全选 ticks the boxes of its step in place, or takes the ticks away again where all have one.
'use strict';
for (const link of document.querySelectorAll('[data-pick]')) {
  link.addEventListener('click', event => {
    const boxes = [...document.querySelectorAll('input[name=task]')].filter(box => box.dataset.step === link.dataset.pick);
    const all = boxes.every(box => box.checked);
    for (const box of boxes) box.checked = !all;
    event.preventDefault();
  });
}
