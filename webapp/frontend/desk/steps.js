// Our actions and kinds of steps where a modeler's user looks for them: palette, context pad, replace menu, panel.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { say } from '../en/desk.js';

const MENU = { title: say('督办的动作和步骤'), search: true, width: 320 };
const ICONS = { 'bpmn:UserTask': 'user-task', 'bpmn:BusinessRuleTask': 'business-rule', 'bpmn:ServiceTask': 'service-task' };

function Steps(elementTemplates, popupMenu, palette, contextPad, elementFactory, create, autoPlace, bpmnReplace,
  eventBus, canvas, mouse) {
  const waiting = new WeakMap();          // a shape that is being put down, and the template it gets there

  const shapeOf = template => {
    const shape = elementFactory.createShape({ type: template.elementType.value });
    waiting.set(shape, template);
    return shape;
  };
  const apply = (element, template) => elementTemplates.applyTemplate(element, filled(template, element));
  const provider = (act, all) => ({
    getPopupMenuEntries: element => Object.fromEntries((all ? elementTemplates.getLatest() : fitting(element)).map(
      template => [`step-${template.id}`, entry(template, event => act(event, element, template))]))
  });
  const fitting = element => is(element, 'bpmn:Task') ? elementTemplates.getLatest() : [];
  const entry = (template, action) => ({
    label: template.name.replace(/^(督办：|Duban: )/, ''), description: template.description, search: template.id, action,
    className: `bpmn-icon-${ICONS[template.elementType.value]}`,
    group: { id: 'steps', name: say('督办') }
  });
  const put = (event, _, template) => {
    popupMenu.close();
    create.start(event.clientX === undefined ? mouse.getLastMoveEvent() : event, shapeOf(template));   // chosen by key
  };
  const append = (_, element, template) => {
    popupMenu.close();
    autoPlace.append(element, shapeOf(template));
  };
  const exchange = (_, element, template) => {
    popupMenu.close();
    const { value } = template.elementType;
    apply(is(element, value) ? element : bpmnReplace.replaceElement(element, { type: value }), template);
  };

  popupMenu.registerProvider('steps-create', provider(put, true));
  popupMenu.registerProvider('steps-append', provider(append, true));
  popupMenu.registerProvider('steps-apply', provider(exchange));
  popupMenu.registerProvider('bpmn-replace', 500, {
    getPopupMenuEntries: element => entries => ({ ...entries, ...provider(exchange).getPopupMenuEntries(element) })
  });
  palette.registerProvider(500, {
    getPaletteEntries: () => ({
      'steps-create': {
        group: 'activity', className: 'bpmn-icon-service-task', title: say('督办的动作和步骤'),
        action: { click: event => popupMenu.open(canvas.getRootElement(), 'steps-create', at(event.target), MENU) }
      }
    })
  });
  contextPad.registerProvider(500, {
    getContextPadEntries: element => is(element, 'bpmn:FlowNode') && !is(element, 'bpmn:EndEvent') ? {
      'steps-append': {
        group: 'model', className: 'bpmn-icon-service-task', title: say('接督办的动作和步骤'),
        action: { click: (event, target) => popupMenu.open(target, 'steps-append', at(event.target), MENU) }
      }
    } : {}
  });

  eventBus.on('commandStack.shape.create.postExecuted', ({ context: { shape } }) => {
    if (waiting.has(shape)) apply(shape, waiting.get(shape));
  });
  eventBus.on('import.done', () => canvas.getContainer().querySelectorAll('.djs-palette .entry').forEach(
    icon => { icon.title = icon.getAttribute('aria-label'); }));
  eventBus.on('elementTemplates.select', ({ element }) =>
    popupMenu.open(element, 'steps-apply', at(canvas.getGraphics(element)), MENU));
}
Steps.$inject = ['elementTemplates', 'popupMenu', 'palette', 'contextPad', 'elementFactory', 'create', 'autoPlace',
  'bpmnReplace', 'eventBus', 'canvas', 'mouse'];

function at(target) {
  const { left, top } = target.getBoundingClientRect();
  return { x: left, y: top, cursor: { x: left, y: top } };
}

// The template with what the element already says in place of its defaults: applying one loses nothing. Without the
// type of element: the library would put another one of the same type in place of it, and its connections go astray.
function filled(template, element) {
  const object = getBusinessObject(element);
  const among = kind => name => extended(object, kind).find(one => one.name === name);
  const said = {
    property: name => object.get(name),
    'camunda:inputParameter': name => among('inputParameters')(name)?.value,
    'camunda:property': name => among('values')(name)?.value
  };
  const properties = template.properties.map(property => {
    const value = property.type === 'Hidden' ? undefined : said[property.binding.type]?.(property.binding.name);
    return value === undefined ? property : { ...property, value };
  });
  return { ...template, properties, elementType: undefined };
}

function extended(object, list) {
  const values = object.get('extensionElements')?.get('values') || [];
  const type = list === 'values' ? 'camunda:Properties' : 'camunda:InputOutput';
  return values.filter(value => is(value, type)).flatMap(value => value.get(list) || []);
}

export default { __init__: ['steps'], steps: ['type', Steps] };
