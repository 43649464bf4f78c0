"""A new file with nothing in it yet, but for what every file of its kind must have: the id is its name."""
import re
from xml.sax.saxutils import quoteattr

from engine.errors import Refused
from engine.gate import source

_BPMN = '''<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" \
xmlns:modeler="http://camunda.org/schema/modeler/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
id="definitions" targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Platform" \
modeler:executionPlatformVersion="7.23.0">
  <bpmn:process id={id} name={name} isExecutable="true">
    <bpmn:startEvent id="begin" name="开始">
      <bpmn:outgoing>begin__done</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:endEvent id="done" name="结束">
      <bpmn:incoming>begin__done</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="begin__done" sourceRef="begin" targetRef="done" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="picture">
    <bpmndi:BPMNPlane id="plane" bpmnElement={id}>
      <bpmndi:BPMNShape id="begin_di" bpmnElement="begin">
        <dc:Bounds x="160" y="120" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="167" y="163" width="22" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="done_di" bpmnElement="done">
        <dc:Bounds x="460" y="120" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="467" y="163" width="22" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="begin__done_di" bpmnElement="begin__done">
        <di:waypoint x="196" y="138" />
        <di:waypoint x="460" y="138" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
'''
_DMN = '''<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" \
xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" \
id="definitions" name={name} namespace="http://camunda.org/schema/1.0/dmn">
  <decision id={id} name={name}>
    <decisionTable id="table" hitPolicy="FIRST">
      <input id="input_1" label="条件">
        <inputExpression id="asked_1" typeRef="string"><text>title</text></inputExpression>
      </input>
      <output id="output_1" label="结果" name="result" typeRef="string" />
      <rule id="rule_1">
        <inputEntry id="cell_1"><text></text></inputEntry>
        <outputEntry id="cell_2"><text>""</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram>
      <dmndi:DMNShape dmnElementRef={id}>
        <dc:Bounds height="80" width="180" x="160" y="100" />
      </dmndi:DMNShape>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
'''
_FORM = '''{{
  "components": [
    {{ "type": "textfield", "id": "field_1", "key": "note", "label": "说明" }}
  ],
  "type": "default",
  "id": {id},
  "schemaVersion": 19
}}
'''
_TEXTS = {'.bpmn': _BPMN, '.dmn': _DMN, '.form': _FORM}
_ID = re.compile(r'[a-z]\w*', re.ASCII | re.IGNORECASE)


def blank(name: str) -> bytes:
    """What a new diagram, table or form of this file name holds.

    :raises Refused: the name is no id, or the file is of another kind.
    """
    ident, text = source.stem(name), _TEXTS.get(source.suffix(name))
    if text is None or not _ID.fullmatch(ident):
        raise Refused('新文件的名字要用英文字母开头，只有字母、数字和下划线，以.bpmn、.dmn或.form结尾，例如look_back.bpmn。')
    return text.format(id=quoteattr(ident), name=quoteattr(ident)).encode()
