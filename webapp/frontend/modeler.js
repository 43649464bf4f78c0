// The board for flow diagrams: bpmn-js with the panel of the camunda: dialect, our actions, minimap and search.
import Modeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule }
  from 'bpmn-js-properties-panel';
import { ElementTemplatesPropertiesProviderModule } from 'bpmn-js-element-templates';
import behaviors from 'camunda-bpmn-js-behaviors/lib/camunda-platform';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json';
import minimap from 'diagram-js-minimap';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'bpmn-js-element-templates/dist/assets/element-templates.css';
import { desk } from './desk/desk.js';
import { say } from './en/desk.js';
import { element } from './desk/element.js';
import panelOfOurs from './desk/panel.js';
import steps from './desk/steps.js';
import { translator } from './zh/translate.js';
import core from './zh/core.js';
import events from './zh/events.js';
import panel from './zh/panel.js';
import template from './zh/template.js';

const LEGIBLE = 0.8;      // smaller than this, labels are not read but guessed
const STEP = 1.25;
const MARGIN = 30;
const PALETTE = 110;      // as wide as the palette that lies over the left of the drawing

class Diagram {
  constructor(canvas, properties, onchange) {
    this.modeler = new Modeler({
      container: canvas,
      textRenderer: { defaultStyle: { fontFamily: getComputedStyle(canvas).fontFamily } },
      propertiesPanel: { parent: properties },
      additionalModules: [
        BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule,
        ElementTemplatesPropertiesProviderModule, behaviors, minimap, panelOfOurs, steps,
        { translate: ['value', translator(core, events, panel, template)] }
      ],
      moddleExtensions: { camunda }
    });
    this.modeler.on('commandStack.changed', onchange);
    this.canvas = this.modeler.get('canvas');
    this.tools = {
      放大: () => this.canvas.zoom(this.canvas.zoom() * STEP),
      缩小: () => this.canvas.zoom(this.canvas.zoom() / STEP),
      看全图: () => this.canvas.zoom('fit-viewport', 'auto'),
      查找: () => this.modeler.get('searchPad').toggle()
    };
  }

  // What of the file cannot be kept, in words; opened again, the view stays where it was.
  async open(text) {
    const view = this.opened && this.canvas.viewbox();
    const { warnings } = await this.modeler.importXML(text);
    this.opened = true;
    if (view) this.canvas.viewbox(view);
    else this.begin();
    return warnings.map(({ message }) => message.split('\n')[0]);
  }

  // The whole diagram where it can be read so, else its upper left. Each look at another scale costs a layout.
  begin() {
    const { inner, outer } = this.canvas.viewbox();
    if (Math.min(outer.width / inner.width, outer.height / inner.height) >= LEGIBLE) {
      this.canvas.zoom('fit-viewport', 'auto');
      return;
    }
    const [width, height] = [outer.width / LEGIBLE, outer.height / LEGIBLE];
    this.canvas.viewbox({ x: inner.x - MARGIN - PALETTE / LEGIBLE, y: inner.y - MARGIN, width, height });
  }

  async text() {
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  undo() {
    const stack = this.modeler.get('commandStack');
    return stack.canUndo() && (stack.undo(), true);
  }

  redo() {
    const stack = this.modeler.get('commandStack');
    if (stack.canRedo()) stack.redo();
  }

  // Templates with what can be chosen here: actions, forms, tables.
  offer({ templates }) {
    this.modeler.get('elementTemplates').set(templates);
  }

  mark(findings) {
    const registry = this.modeler.get('elementRegistry'), overlays = this.modeler.get('overlays');
    overlays.remove({ type: 'finding' });
    for (const [id, told] of grouped(findings)) {
      const shape = registry.get(id);
      if (!shape || shape === this.canvas.getRootElement()) continue;
      const worst = ['refuse', 'warn', 'repair'].find(severity => told.some(one => one.severity === severity));
      overlays.add(shape, 'finding', { position: place(shape), html: badge(worst, told) });
    }
  }

  select(id) {
    const shape = this.modeler.get('elementRegistry').get(id) || this.canvas.getRootElement();
    this.modeler.get('selection').select(shape);
    if (shape.parent) this.canvas.scrollToElement(shape, { top: 80, right: 80, bottom: 80, left: 120 });
    this.canvas.focus();
  }
}

const SIGN = { refuse: ['red', '必须修改'], warn: ['yellow', '提醒'], repair: ['green', '已修好'] };

function badge(severity, told) {
  const [colour, word] = SIGN[severity];
  const text = told.map(({ said }) => said).join('\n');
  return element('div', { class: `lamp finding ${colour}`, title: text, role: 'img', 'aria-label': say(word) + say('：') + text },
    told.length > 1 ? String(told.length) : '');
}

// At the upper left of a shape; in the middle of a connection.
function place({ waypoints }) {
  return waypoints ? { top: -10, left: -10 } : { top: -12, left: -8 };
}

function grouped(findings) {
  const groups = new Map();
  findings.forEach(one => groups.set(one.element, [...groups.get(one.element) || [], one]));
  return groups;
}

desk(Diagram);
