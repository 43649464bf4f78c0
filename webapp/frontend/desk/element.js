// A page element: its tag, attributes (`onclick` too) and what is in it.
export function element(tag, attributes = {}, ...content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...content);
  return made;
}

export const button = (text, onclick, kind = 'btn') =>
  element('button', { type: 'button', class: kind, onclick }, text);
