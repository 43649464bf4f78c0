// Draws each `.diagram[data-xml]`: the diagram, the way a matter took through it, and where it stands.
import Viewer from 'bpmn-js/lib/Viewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';
import { say } from './en/viewer.js';

const MARGIN = 16;
const LOGO = 40;          // room below the drawing, so that nothing lies under the viewer's logo
const LEGIBLE = 0.85;     // smaller than this, labels are not read but guessed
const STEP = 1.25;
const BOX = /Task$|:(CallActivity|SubProcess)$/;
const FRAME = /:(Lane|Participant)$/;
const MARKS = { added: ['增', '--green'], removed: ['删', '--red'], changed: ['改', '--amber'], moved: ['挪', '--grey'] };
const PAPER = 680;        // A4 upright, in CSS pixels between its margins

// A plain viewer in a box that scrolls by itself: the wheel, a finger, the arrow keys and the printer do what they
// do everywhere. Navigated viewers take the wheel from the page and know no touch.
class Diagram {
  constructor(host) {
    this.host = host;
    this.frame = document.createElement('div');
    this.frame.className = 'frame';
  }

  async show() {
    const { xml, walk, marks, params } = this.host.dataset;
    const answer = await fetch(xml, { credentials: 'same-origin' });
    if (!answer.ok) throw new Error(`${xml}: ${answer.status}`);
    const text = named(await answer.text(), JSON.parse(params || '{}'));
    const colours = getComputedStyle(this.host);
    this.ink = name => colours.getPropertyValue(name).trim();
    const fallback = [...this.host.childNodes];
    this.host.replaceChildren(this.frame);
    try {
      this.viewer = new Viewer({
        container: this.frame,
        bpmnRenderer: { defaultStrokeColor: this.ink('--edge'), defaultLabelColor: this.ink('--ink') },
        textRenderer: { defaultStyle: { fontFamily: colours.fontFamily } }
      });
      const { warnings } = await this.viewer.importXML(text);
      warnings.forEach(warning => console.warn(warning.message));
    } catch (error) {
      this.host.replaceChildren(...fallback);
      throw error;
    }
    this.canvas = this.viewer.get('canvas');
    this.name();
    this.mark(JSON.parse(walk || '{}'));
    this.compare(JSON.parse(marks || '{}'));
    this.host.before(this.buttons());
    this.viewer.on('root.set', () => this.scale(this.fit()));
    addEventListener('beforeprint', () => this.scale(Math.min(this.now, this.fit(PAPER))));
    this.scale(Math.max(this.fit(), LEGIBLE));
    this.reveal(JSON.parse(walk || '{}').now || Object.keys(JSON.parse(marks || '{}')));
  }

  // The box that scrolls takes the name and the focus of the host; the drawing inside is one picture.
  name() {
    this.box = this.frame.querySelector('.djs-container');
    this.svg = this.box.querySelector('svg');
    for (const attribute of ['role', 'aria-label', 'aria-labelledby']) {
      if (this.host.hasAttribute(attribute)) this.box.setAttribute(attribute, this.host.getAttribute(attribute));
      this.host.removeAttribute(attribute);
    }
    this.host.removeAttribute('tabindex');
    this.box.tabIndex = 0;
    this.svg.removeAttribute('tabindex');
    this.svg.setAttribute('aria-hidden', 'true');
  }

  // An arrowhead takes the colour, too.
  colour(element, name) {
    element.di.set('color:border-color', this.ink(name));
    this.viewer.get('eventBus').fire('element.changed', { element });
  }

  mark({ nodes = {}, flows = [], now = [], told = '' }) {
    const registry = this.viewer.get('elementRegistry');
    const each = (ids, draw) => ids.map(id => registry.get(id)).filter(Boolean).forEach(draw);
    registry.filter(element => FRAME.test(element.type)).forEach(lane => this.colour(lane, '--line'));
    each(flows, flow => {
      this.colour(flow, '--brand');
      this.canvas.addMarker(flow, 'walked');
    });
    each(Object.keys(nodes), node => {
      this.canvas.addMarker(node, 'walked');
      if ((told || nodes[node.id] > 1) && BOX.test(node.type)) this.count(node, nodes[node.id], told);
    });
    each(now, node => {
      this.canvas.removeMarker(node, 'walked');
      this.canvas.addMarker(node, 'now');
    });
  }

  // What differs from another version: by colour, by line, and by a word.
  compare(marks) {
    for (const [id, state] of Object.entries(marks)) {
      const element = this.viewer.get('elementRegistry').get(id);
      if (!element || !element.parent) continue;
      const [word, ink] = MARKS[state];
      if (!FRAME.test(element.type)) {
        this.colour(element, ink);
        this.canvas.addMarker(element, `is-${state}`);
      }
      const badge = document.createElement('span');
      badge.className = `mark mark-${state}`;
      badge.textContent = say(word);
      this.viewer.get('overlays').add(element, 'mark', { position: place(element), html: badge });
    }
  }

  count(node, times, told) {
    const badge = document.createElement('div');
    badge.className = 'times';
    badge.textContent = times;
    badge.title = told ? told.replace('{n}', times) : say('走过{n}次', { n: times });
    this.viewer.get('overlays').add(node, 'times', { position: { bottom: 22, left: -9 }, html: badge });
  }

  // The scale at which the whole width is seen, at most life size.
  fit(width = this.box.clientWidth) {
    return Math.min(1, width / (this.canvas.viewbox().inner.width + 2 * MARGIN));
  }

  scale(scale) {
    const middle = (this.box.scrollLeft + this.box.clientWidth / 2) / this.box.scrollWidth;
    const { inner } = this.canvas.viewbox();
    this.svg.style.width = `${Math.floor((inner.width + 2 * MARGIN) * scale)}px`;
    this.svg.style.height = `${Math.floor((inner.height + 2 * MARGIN) * scale) + LOGO}px`;
    this.canvas.zoom(scale, { x: 0, y: 0 });
    const { x, y } = this.canvas.viewbox();
    this.canvas.scroll({ dx: (x - inner.x + MARGIN) * scale, dy: (y - inner.y + MARGIN) * scale });
    this.box.scrollLeft = middle * this.box.scrollWidth - this.box.clientWidth / 2;
    this.now = scale;
  }

  // Where the matter stands is in sight at once; a diagram nobody stands in shows its start, or stays as it is.
  reveal(now = [], stay = false) {
    const element = now.map(id => this.viewer.get('elementRegistry').get(id)).find(Boolean);
    if (!element && stay) return;
    const { inner } = this.canvas.viewbox();
    const middle = element && (element.waypoints ? element.waypoints[0].x : element.x + element.width / 2);
    this.box.scrollLeft = element ? (middle - inner.x) * this.now - this.box.clientWidth / 2 : 0;
  }

  // Shows the part of the drawing that another shows.
  follow({ box }) {
    const part = box.scrollLeft / Math.max(1, box.scrollWidth - box.clientWidth);
    const there = part * (this.box.scrollWidth - this.box.clientWidth);
    if (Math.abs(this.box.scrollLeft - there) > 2) this.box.scrollLeft = there;
  }

  buttons() {
    const row = document.createElement('div');
    row.className = 'row zoom';
    const zoom = { 放大: () => this.now * STEP, 缩小: () => this.now / STEP, 看全图: () => this.fit() };
    for (const [name, wanted] of Object.entries(zoom)) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'btn';
      button.textContent = say(name);
      button.addEventListener('click', () => this.scale(Math.min(3, Math.max(0.2, wanted()))));
      row.append(button);
    }
    return row;
  }
}

// Where a mark stands: at the upper left, or in the middle of a line.
function place({ waypoints }) {
  if (!waypoints) return { top: -12, left: -8 };
  const { x, y } = waypoints[Math.floor((waypoints.length - 1) / 2)];
  const next = waypoints[Math.floor((waypoints.length - 1) / 2) + 1];
  const [left, top] = ['x', 'y'].map(axis => Math.min(...waypoints.map(point => point[axis])));
  return { top: (y + next.y) / 2 - top - 10, left: (x + next.x) / 2 - left - 18 };
}

// A name such as 到期前{warning_days}个工作日 is drawn with the tenant's value.
function named(xml, params) {
  const fill = text => text.replace(/(^|[^$])\{(\w+)\}/g, (whole, before, name) =>
    name in params ? before + String(params[name]).replace(/[<>&"]/g, '') : whole);
  return xml.replace(/\sname="[^"]*"/g, fill).replace(/<(\w+:)?text>[^<]*/g, fill);
}

const diagrams = [...document.querySelectorAll('.diagram[data-xml]')].map(host => new Diagram(host));
for (const diagram of diagrams) {
  const { dataset } = diagram.host;
  diagram.show().then(() => { dataset.state = 'ready'; }, error => {
    console.warn(error);
    dataset.state = 'failed';
  });
}

// Two versions side by side move together; a row of the table brings its element into sight.
const drawn = () => diagrams.filter(({ host }) => host.dataset.state === 'ready' && host.dataset.marks);
for (const diagram of diagrams) {
  diagram.host.addEventListener('scroll', () => {
    if (drawn().includes(diagram)) drawn().filter(other => other !== diagram).forEach(other => other.follow(diagram));
  }, true);
}
document.addEventListener('click', event => {
  const wanted = event.target.closest('[data-show]')?.dataset.show;
  if (wanted) drawn().forEach(diagram => diagram.reveal([wanted], true));
});
