"""What the gate says about an element: findings, the rules they come from, and the words for BPMN's kinds."""
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from engine.errors import said

REFUSE, REPAIR, WARN = 'refuse', 'repair', 'warn'

WORDS = {
    'process': '流程', 'participant': '泳池', 'lane': '泳道', 'sequenceFlow': '顺序流', 'messageFlow': '消息流',
    'startEvent': '开始事件', 'endEvent': '结束事件', 'intermediateCatchEvent': '中间捕获事件',
    'intermediateThrowEvent': '中间抛出事件', 'boundaryEvent': '边界事件', 'task': '任务', 'manualTask': '手工任务',
    'userTask': '用户任务', 'serviceTask': '服务任务', 'businessRuleTask': '业务规则任务', 'scriptTask': '脚本任务',
    'sendTask': '发送任务', 'receiveTask': '接收任务', 'callActivity': '调用活动', 'subProcess': '子流程',
    'transaction': '事务', 'adHocSubProcess': '自由子流程', 'exclusiveGateway': '排他网关', 'parallelGateway': '并行网关',
    'inclusiveGateway': '包容网关', 'eventBasedGateway': '事件网关', 'complexGateway': '复杂网关', 'message': '消息',
    'signal': '信号', 'error': '错误', 'escalation': '升级', 'definitions': '文件', 'decision': '决策表', 'form': '表单',
    'multiInstanceLoopCharacteristics': '多实例标记', 'standardLoopCharacteristics': '循环标记',
    'conditionExpression': '条件', 'extensionElements': '扩展内容', 'dataObject': '数据对象',
    'dataObjectReference': '数据对象', 'dataStoreReference': '数据存储', 'laneSet': '泳道组', 'dataStore': '数据存储',
    'collaboration': '协作', 'textAnnotation': '注释', 'association': '关联线', 'group': '分组', 'category': '类目',
    'itemDefinition': '数据类型', 'component': '组件',
}
"""What a reader of the drawing calls each kind of element."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, was repaired, or deserves a look, at one element of one file.

    ``severity``: ``refuse`` (nothing is deployed), ``repair`` (deployed, changed as said), ``warn`` (deployed
    as drawn). ``element`` is the id as drawn, ``line`` counts from 1 in the file; both are None where there
    is none. What of ``en`` is said by another part of the program, such as a cause, is translated where it is shown.
    """

    code: str
    severity: str
    file: str
    element: str | None
    name: str
    line: int | None
    zh: str
    en: str


class Both(NamedTuple):
    """A value that reads differently in the Chinese and in the English sentence."""

    zh: str
    en: str


class Spot(NamedTuple):
    """Where a finding stands."""

    file: str
    kind: str = ''
    id: str | None = None
    name: str = ''
    line: int | None = None
    part: Both = Both('', '')

    def label(self) -> Both:
        """How the sentences name the place: kind, name, id, part; the file where there is no element."""
        if not self.kind:
            return Both(self.file, self.file)
        name, ident = one_line(self.name), self.id or ''
        word = re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', self.kind).lower()
        if name:
            return Both(f'{WORDS.get(self.kind, self.kind)}“{name}”（{ident}）{self.part.zh}',
                        f'{word} "{name}" ({ident}){self.part.en}')
        if not ident and self.line:
            ident = f'@{self.line}'
        return Both(f'{WORDS.get(self.kind, self.kind)}（{ident}）{self.part.zh}', f'{word} ({ident}){self.part.en}')


@dataclass(frozen=True)
class Rule:
    """One rule of the gate. ``zh`` and ``en`` are templates; ``{it}`` is the element, `at` gives the rest."""

    code: str
    severity: str
    zh: str
    en: str

    def at(self, spot: Spot, **values: object) -> Finding:
        """The finding of this rule at ``spot``."""
        zh, en = ({key: value[language] if isinstance(value, Both) else value for key,
                   value in values.items()}
                  for language in (0, 1))
        label = spot.label()
        return Finding(self.code, self.severity, spot.file, spot.id, one_line(spot.name), spot.line,
                       self.zh.format(it=label.zh, **zh), said(self.en, it=label.en, **en))


_rules: dict[str, Rule] = {}


def rule(code: str, severity: str, zh: str, en: str) -> Rule:
    """A rule of its own code, entered in the list that `rules` gives."""
    if code in _rules:
        raise ValueError(f'two rules are called {code}')
    _rules[code] = Rule(code, severity, zh, en)
    return _rules[code]


def rules() -> Iterator[Rule]:
    """Every rule that has been declared, in the order of declaration."""
    return iter(_rules.values())


def one_line(name: str) -> str:
    """A name that is drawn on several lines, on one."""
    return ''.join(part.strip()
                   for part in (name or '').splitlines()) if '\n' in (name or '') else (name or '').strip()


def inner(name: str) -> str:
    """A name to stand in quotation marks, on one line: its own become single ones."""
    return one_line(name).replace('“', '‘').replace('”', '’')
