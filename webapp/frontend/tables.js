// The board for decision tables: dmn-js, with the panel for the requirements diagram.
import Modeler from 'dmn-js/lib/Modeler';
import { DmnPropertiesPanelModule, DmnPropertiesProviderModule, CamundaPropertiesProviderModule }
  from 'dmn-js-properties-panel';
import camunda from 'camunda-dmn-moddle/resources/camunda.json';
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression-controls.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import { desk } from './desk/desk.js';
import { Marks } from './desk/marks.js';
import { translator } from './zh/translate.js';
import panel from './zh/panel.js';
import tables from './zh/tables.js';

const chinese = { translate: ['value', translator(panel, tables)] };

class Table {
  constructor(canvas, properties, onchange) {
    this.modeler = new Modeler({
      container: canvas,
      drd: {
        propertiesPanel: { parent: properties },
        additionalModules: [
          DmnPropertiesPanelModule, DmnPropertiesProviderModule, CamundaPropertiesProviderModule, chinese
        ]
      },
      decisionTable: { additionalModules: [chinese] },
      literalExpression: { additionalModules: [chinese] },
      boxedExpression: { additionalModules: [chinese] },
      moddleExtensions: { camunda }
    });
    this.modeler.on('viewer.created', ({ viewer }) => viewer.on('commandStack.changed', onchange));
    this.modeler.on('views.changed', ({ activeView }) => {
      canvas.parentElement.classList.toggle('alone', activeView?.type !== 'drd');
    });
    this.marks = new Marks('data-element-id', 'data-row-id', 'data-col-id');
    this.tools = { 看表: () => this.view('decisionTable', 'literalExpression') };
  }

  async open(text) {
    const before = this.modeler.getActiveView()?.type;
    const { warnings } = await this.modeler.importXML(text);
    await this.view(...before ? [before] : ['decisionTable', 'literalExpression']);
    return warnings.map(({ message }) => message.split('\n')[0]);
  }

  async view(...types) {
    const found = this.modeler.getViews().find(({ type }) => types.includes(type));
    if (found) await this.modeler.open(found);
  }

  async text() {
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  undo() {
    const stack = this.modeler.getActiveViewer().get('commandStack');
    return stack.canUndo() && (stack.undo(), true);
  }

  redo() {
    const stack = this.modeler.getActiveViewer().get('commandStack');
    if (stack.canRedo()) stack.redo();
  }

  mark(findings) {
    this.marks.set(findings.map(({ element, severity }) => [element, severity]));
  }

  async select(id) {
    await this.view('decisionTable', 'literalExpression');
    this.marks.find(id)?.scrollIntoView({ block: 'center', inline: 'center' });
  }
}

desk(Table);
