// The board for forms: the editor of form-js.
import { FormEditor } from '@bpmn-io/form-js-editor';
import flatpickr from 'flatpickr';
import { Mandarin } from 'flatpickr/dist/esm/l10n/zh.js';
import '@bpmn-io/form-js-viewer/dist/assets/form-js.css';
import '@bpmn-io/form-js-editor/dist/assets/form-js-editor.css';
import '@bpmn-io/form-js-editor/dist/assets/dragula.css';
import '@bpmn-io/form-js-editor/dist/assets/properties-panel.css';
import { desk } from './desk/desk.js';
import { english } from './en/say.js';
import { faithful } from './desk/faithful.js';
import { Marks } from './desk/marks.js';

if (!english) flatpickr.localize({ ...Mandarin, monthAriaLabel: '月', yearAriaLabel: '年' });

class Form {
  constructor(canvas, properties, onchange) {
    this.editor = new FormEditor({ container: canvas, propertiesPanel: { parent: properties } });
    this.editor.on('changed', onchange);
    this.marks = new Marks('data-id');
    this.tools = {};
  }

  async open(text) {
    this.read = JSON.parse(text);
    const { warnings } = await this.editor.importSchema(JSON.parse(text));
    this.made = this.editor.saveSchema();
    return warnings.map(String);
  }

  async text() {
    return `${JSON.stringify(faithful(this.editor.saveSchema(), this.made, this.read), null, 2)}\n`;
  }

  undo() {
    const stack = this.editor.get('commandStack');
    return stack.canUndo() && (stack.undo(), true);
  }

  redo() {
    const stack = this.editor.get('commandStack');
    if (stack.canRedo()) stack.redo();
  }

  // A finding names a field by its id or by its key.
  field(name) {
    const fields = this.editor.get('formFieldRegistry').getAll();
    return fields.find(({ id }) => id === name) || fields.find(({ key }) => key === name);
  }

  mark(findings) {
    this.marks.set(findings.map(({ element, severity }) => [this.field(element)?.id, severity]));
  }

  select(name) {
    const field = this.field(name);
    if (!field) return;
    this.editor.get('selection').set(field);
    this.marks.find(field.id)?.scrollIntoView({ block: 'center' });
  }
}

desk(Form);
