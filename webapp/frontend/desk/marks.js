// Marks beside what a library draws and draws again: rules of a sheet of our own, so that none is lost.
const COLOUR = { refuse: 'var(--red)', warn: 'var(--focus)', repair: 'var(--green)' };

export class Marks {
  constructor(...attributes) {
    this.attributes = attributes;
    this.sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.sheet];
  }

  set(places) {
    this.sheet.replaceSync(places.filter(([id]) => id).map(([id, severity]) =>
      `${this.selector(id)}{box-shadow:inset 3px 0 ${COLOUR[severity]}}`).join('\n'));
  }

  find(id) {
    return document.querySelector(this.selector(id));
  }

  selector(id) {
    return this.attributes.map(name => `[${name}=${JSON.stringify(id)}]`).join();
  }
}
