// What the gate refuses or passes over wherever it is written is not offered in the panel. What a file already says
// there stays, so that it can be taken away.
import { getBusinessObject, isAny } from 'bpmn-js/lib/util/ModelUtil';

const LATE = 100;         // after the library's own groups
const LISTS = ['ExecutionListener', 'TaskListener', 'FieldInjection'].map(name => `CamundaPlatform__${name}`);
const INPUT = 'CamundaPlatform__Input';
const TAKES_INPUT = ['bpmn:ServiceTask', 'bpmn:SendTask', 'bpmn:ThrowEvent'];
const OPEN = ['general', 'ElementTemplates__CustomProperties'];
const FIELDS = {          // entry of the panel, and the attribute behind it
  assignee: 'assignee', candidateUsers: 'candidateUsers', followUpDate: 'followUpDate', priority: 'priority',
  candidateStarterUsers: 'candidateStarterUsers', initiator: 'initiator', jobPriority: 'jobPriority',
  externalTaskPriority: 'taskPriority', decisionRefTenantId: 'decisionRefTenantId',
  decisionRefResultVariable: 'resultVariable'
};

function Panel(propertiesPanel) {
  propertiesPanel.registerProvider(LATE, { getGroups: element => groups => groups.map(less(element)).filter(Boolean) });
}
Panel.$inject = ['propertiesPanel'];

function less(element) {
  const object = getBusinessObject(element);
  const idle = ({ id }) => id in FIELDS && object.get(`camunda:${FIELDS[id]}`) === undefined;
  const unused = ({ id, items }) => items && !items.length
    && (LISTS.includes(id) || id === INPUT && !isAny(element, TAKES_INPUT));
  return group => {
    if (unused(group)) return null;
    const entries = group.entries?.filter(entry => !idle(entry));
    const shouldOpen = group.shouldOpen || OPEN.includes(group.id);
    return entries && !entries.length && group.entries.length ? null
      : { ...group, ...entries && { entries, shouldOpen } };
  };
}

export default { __init__: ['panel'], panel: ['type', Panel] };
