// Opens what a board can show and gives back every line of it that is not in our words.
const WHERE = '.properties, .djs-palette, .djs-context-pad-parent, .djs-popup, .djs-minimap, .djs-search-container, ' +
  '.dmn-js-parent, .dms-container, .fjs-editor-container, .bio-properties-panel-tooltip';
// What stays in Latin letters: names of notations and of languages, what stands in code, identifiers, examples.
const KNOWN = new RegExp(`\\b(${[
  'Java', 'Word', 'Excel', 'PDF', 'BPMN', 'CMMN', 'DMN', 'FEEL', 'HTML', 'ISO', 'JSON', 'CSS', 'UTC', 'true', 'false', 'bpmn.io',
  'form', 'Markdown', 'camunda', 'post', 'said',
  'loopDataOutputRef', 'outputDataItem', 'nrOfInstances', 'nrOfCompletedInstances', 'key1', 'mm', 'dd', 'yyyy', 'Powered', 'source', 'closed', 'rejected',
  'string', 'boolean', 'number', 'date', 'time', 'dateTime', 'dayTimeDuration', 'yearMonthDuration', 'Any'
].join('|')})\\b`, 'g');
const NAMED = /"[^"]*"|\w+\([^)]*\)|[\w.]*[_.]\w+|\$?\{[^}]*\}|（\w+）|\d{4}-\d\d-\d\dT[\d:]+/g;
const found = new Set();
const pause = ms => new Promise(done => setTimeout(done, ms));

function shown(element) {
  const told = [...element.querySelectorAll('[title], [placeholder], [aria-label], option')].flatMap(one =>
    [one.title, one.placeholder, one.getAttribute('aria-label'), one.localName === 'option' ? one.text : '']);
  return [element.innerText, ...told].join('\n').split('\n');
}

function read() {
  document.querySelectorAll(WHERE).forEach(element => shown(element)
    .filter(line => /[A-Za-z]{3,}/.test(line.replace(NAMED, '').replace(KNOWN, '')))
    .forEach(line => found.add(line.trim())));
}

const all = what => [...document.querySelectorAll(what)];
const click = what => all(what).forEach(element => element.click());

// Every group of the panel; with one of each list in it, where that is asked for.
async function panel(lists) {
  for (let depth = 0; depth < (lists ? 2 : 1); depth++) {
    click('.bio-properties-panel-group-header:not(.open), .bio-properties-panel-collapsible-entry-header:not(.open)');
    if (!depth && lists) click('.bio-properties-panel-add-entry');
    await pause(20);
  }
  read();
}

const EMPTY = `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"><bpmn:process id="p_1"/><bpmndi:BPMNDiagram>
  <bpmndi:BPMNPlane id="pl_1" bpmnElement="p_1"/></bpmndi:BPMNDiagram></bpmn:definitions>`;
const EVENTS = {
  StartEvent: ['', 'Message', 'Timer', 'Conditional', 'Signal'],
  IntermediateCatchEvent: ['Message', 'Timer', 'Conditional', 'Signal', 'Link'],
  IntermediateThrowEvent: ['', 'Message', 'Signal', 'Escalation', 'Compensate', 'Link'],
  EndEvent: ['', 'Message', 'Error', 'Terminate'],
  BoundaryEvent: ['Message', 'Timer', 'Error', 'Escalation', 'Conditional', 'Signal', 'Compensate']
};
const PLAIN = ['Task', 'SendTask', 'ReceiveTask', 'ManualTask', 'ComplexGateway', 'ParallelGateway', 'InclusiveGateway',
  'EventBasedGateway', 'DataObjectReference', 'DataStoreReference', 'TextAnnotation', 'Group'];
const LISTED = {
  UserTask: [{ 'camunda:formKey': 'k_1' },
    { 'camunda:formKey': undefined, 'camunda:formRef': 'f_1', 'camunda:formRefBinding': 'version' }],
  ServiceTask: [{ 'camunda:class': 'c_1' }, { 'camunda:class': undefined, 'camunda:expression': 'e_1' },
    { 'camunda:expression': undefined, 'camunda:type': 'external', 'camunda:topic': 't_1' }],
  BusinessRuleTask: [{ 'camunda:decisionRef': 'd_1', 'camunda:decisionRefBinding': 'version' }],
  ScriptTask: [{ scriptFormat: 's_1', script: 's_2' }],
  CallActivity: [{ calledElement: 'p_2' }]
};

async function ofDiagrams(modeler) {
  const get = name => modeler.get(name), factory = get('elementFactory'), modeling = get('modeling');
  let number = 0;
  modeler.off('commandStack.changed');
  await modeler.importXML(EMPTY);
  const root = get('canvas').getRootElement();
  const look = async (element, lists) => {
    get('selection').select(element);
    await pause(20);
    await panel(lists);
    get('contextPad').open(element);
    get('popupMenu').open(element, 'bpmn-replace', { x: 9, y: 9 }, { search: true });
    await pause(10);
    read();
    get('popupMenu').close();
  };
  const put = (attributes, host) => modeling.createShape(factory.createShape(attributes),
    host ? { x: host.x + 9, y: host.y + host.height } : { x: 200 * (number++ % 9), y: 200 * Math.floor(number / 9) },
    host || root, { attach: !!host });
  await look(root, true);
  const made = {};
  for (const [kind, sets] of Object.entries(LISTED)) {
    made[kind] = put({ type: `bpmn:${kind}` });
    for (const attributes of sets) {
      modeling.updateProperties(made[kind], attributes);
      await look(made[kind], attributes === sets[0]);
    }
  }
  for (const [kind, definitions] of Object.entries(EVENTS)) for (const one of definitions) {
    const event = one && { eventDefinitionType: `bpmn:${one}EventDefinition` };
    await look(put({ type: `bpmn:${kind}`, ...event, cancelActivity: one === 'Timer' ? false : undefined },
      kind === 'BoundaryEvent' && made.UserTask), kind === 'StartEvent');
  }
  for (const kind of PLAIN) await look(made[kind] = put({ type: `bpmn:${kind}` }));
  for (const about of [{}, { isExpanded: true }, { isExpanded: true, triggeredByEvent: true }]) {
    await look(put({ type: 'bpmn:SubProcess', ...about }));
  }
  for (const kind of ['Transaction', 'AdHocSubProcess']) await look(put({ type: `bpmn:${kind}`, isExpanded: true }));
  const many = get('bpmnFactory').create('bpmn:MultiInstanceLoopCharacteristics', { isSequential: true });
  modeling.updateProperties(made.UserTask, { loopCharacteristics: many });
  await look(made.UserTask);
  const choice = put({ type: 'bpmn:ExclusiveGateway' }), flow = modeling.connect(choice, made.Task);
  const condition = get('bpmnFactory').create('bpmn:FormalExpression', { body: 'c_1' });
  modeling.updateProperties(flow, { conditionExpression: condition });
  await look(flow, true);
  modeling.updateProperties(choice, { default: flow });
  await look(choice);
  for (const template of get('elementTemplates').getAll().slice(0, 3)) {
    const step = put({ type: template.elementType.value });
    get('elementTemplates').applyTemplate(step, template);
    await look(step, true);
  }
  const several = [made.UserTask, made.Task, made.SendTask];
  get('selection').select(several);
  get('popupMenu').open(several, 'align-elements', { x: 9, y: 9 });
  await pause(20);
  read();
  get('popupMenu').close();
  get('minimap').open();
  get('searchPad').open();
  const pool = put({ type: 'bpmn:Participant' });
  modeling.splitLane(pool, 2);
  await look(pool, true);
  await look(pool.children.find(({ type }) => type === 'bpmn:Lane'));
}

async function ofTables(modeler) {
  const table = () => modeler.getActiveViewer();
  const press = async (...what) => {
    for (const one of what) {
      document.querySelector(one)?.dispatchEvent(new MouseEvent('mousedown', { bubbles: true }));
      document.querySelector(one)?.click();
      await pause(40);
      read();
    }
  };
  await press('.decision-table-properties .hit-policy select', '.input-cell', '.output-cell', '.add-input');
  for (const cell of all('.tjs-table td, .tjs-table th').slice(0, 24)) {
    cell.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, clientX: 400, clientY: 400 }));
    await pause(15);
    read();
    document.body.dispatchEvent(new MouseEvent('mousedown', { bubbles: true }));
  }
  for (const header of all('.input-cell, .output-cell')) {
    header.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
    await pause(15);
    read();
  }
  await modeler.open(modeler.getViews().find(({ type }) => type === 'drd'));
  const get = name => table().get(name), registry = get('elementRegistry');
  const create = kind => get('modeling').createShape({ type: `dmn:${kind}` }, { x: 500, y: 300 }, get('canvas').getRootElement());
  const shapes = ['Decision', 'InputData', 'KnowledgeSource', 'BusinessKnowledgeModel', 'TextAnnotation'].map(create);
  const drawn = registry.filter(one => one.type === 'dmn:Decision');
  for (const shape of [get('canvas').getRootElement(), ...drawn, ...shapes]) {
    get('selection').select(shape);
    await pause(20);
    await panel(true);
    get('contextPad').open(shape);
    if (shape.type === 'dmn:Decision') get('popupMenu').open(shape, 'dmn-replace', { x: 9, y: 9 });
    await pause(15);
    read();
    get('popupMenu').close();
  }
}

async function ofForms(editor) {
  read();
  const types = all('.fjs-palette-field').filter(one => one.offsetParent).map(one => one.dataset.fieldType);
  for (const type of types) {
    editor.get('modeling').addFormField({ type }, editor._getState().schema, 0);
    await pause(30);
    await panel(true);
  }
}

window.dubanWords = async board => {
  if (board.editor) await ofForms(board.editor);
  else if (board.marks) await ofTables(board.modeler);
  else await ofDiagrams(board.modeler);
  return [...new Set([...found, ...window.dubanMissed || []])].sort();
};
