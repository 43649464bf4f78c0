"""Rules about files: what can be read at all, and whether a file is about what its name says."""
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from lxml import etree

from engine.decision import Graph
from engine.definition import BPMN, FLOW_NODES, local
from engine.finding import REFUSE, WARN, Finding, Spot, rule

UNREADABLE = rule('file.unreadable', REFUSE, '{cause}', 'The file cannot be read: {cause}')
UNKNOWN_FILE = rule('file.unknown', WARN, '{it}不是流程图（.bpmn）、决策表（.dmn）、表单（.form）、故事（.story）或文书模板（.docx），不会使用。',
                    '{it} is no diagram (.bpmn), table (.dmn), form (.form), story (.story) or Word template (.docx).')
TWICE = rule('file.twice', REFUSE, '{it}与{other}同名，请只留一个。', '{it} and {other} have the same name; keep one.')
NOT_BPMN = rule('file.not_bpmn', REFUSE, '{it}不是BPMN 2.0流程图，请用Camunda Modeler另存。',
                '{it} is no BPMN 2.0 diagram; save it with Camunda Modeler.')
NO_PROCESS = rule('process.missing', REFUSE, '{it}里没有可执行的流程。', '{it} holds no executable process.')
NOT_EXECUTABLE = rule('process.not_executable', REFUSE, '{it}标为不可执行，请在属性里勾选“可执行”。',
                      '{it} is marked as not executable; tick "Executable" in its properties.')
TWO_PROCESSES = rule('process.two', REFUSE, '{it}与另一个可执行流程在同一个文件里，请一个文件画一个流程。',
                     '{it} shares its file with another executable process; draw one process per file.')
STEM = rule('process.stem', REFUSE, '{it}的编号与文件名不一致，请把文件改名为“{wanted}”或把编号改为“{stem}”。',
            'The id of {it} differs from the file name; call the file "{wanted}" or the process "{stem}".')
TABLE_STEM = rule('table.stem', REFUSE, '决策表的编号“{id}”与文件名{it}不一致。',
                  'The id "{id}" of the table differs from the file name {it}.')
DECISION_TWICE = rule('table.twice', REFUSE, '{it}和{other}里都有叫“{id}”的决策，请改成不同的id。',
                      '{it} and {other} both hold a decision "{id}"; give them different ids.')
FORM_STEM = rule('form.stem', REFUSE, '表单的编号“{id}”与文件名{it}不一致。',
                 'The id "{id}" of the form differs from the file name {it}.')
ZEEBE = rule('platform.zeebe', REFUSE,
             '{it}是为Camunda 8（zeebe）画的，这里不执行。请在Camunda Modeler里新建“Camunda Platform 7”的图，把步骤复制过去，重新填写岗位、表单和条件。'
             '',
             '{it} was drawn for Camunda 8 (zeebe), which is not executed here. Make a new diagram for '
             '"Camunda Platform 7" in Camunda Modeler, copy the steps, and fill in posts, forms and '
             'conditions again.')
OTHER_PLATFORM = rule('platform.other', REFUSE, '{it}用了{platform}的专有内容（{what}），这里不执行，请改用camunda:写法。',
                      '{it} uses {what} of {platform}, which is not executed here; use the camunda: '
                      'notation.')
NO_PICTURE = rule('picture.missing', WARN, '{it}没有图形（BPMNDiagram），页面上看不到流程图。',
                  '{it} has no picture (BPMNDiagram); the pages cannot show it.')
INVISIBLE = rule('picture.invisible', WARN, '{it}会执行，但图上没有画出来。', '{it} is executed but not drawn.')

_DI = '{http://www.omg.org/spec/BPMN/20100524/DI}'
_MODELER = '{http://camunda.org/schema/modeler/1.0}'
_ZEEBE = '{http://camunda.org/schema/zeebe/1.0}'
_PLATFORMS = {'http://flowable.org/bpmn': 'Flowable', 'http://activiti.org/bpmn': 'Activiti',
              'http://www.jboss.org/drools': 'jBPM',
              'http://spiffworkflow.org/bpmn/schema/1.0/core': 'SpiffWorkflow'}


def stem(file: str) -> str:
    """The name of a file without folders and ending: the id that it must be about."""
    return PurePosixPath(file.replace('\\', '/')).stem


def suffix(file: str) -> str:
    """The ending of a file's name, with its dot, in small letters."""
    return PurePosixPath(file.replace('\\', '/')).suffix.lower()


def platform(root: etree._Element, file: str) -> Finding | None:
    """The wrong platform is said once, not at each of its hundred attributes."""
    if root.get(_MODELER + 'executionPlatform', '').strip() == 'Camunda Cloud':
        return ZEEBE.at(Spot(file))
    for node in root.iter():
        for name in (node.tag, *node.attrib):
            if not isinstance(name, str) or name[0] != '{':
                continue
            if name.startswith(_ZEEBE):
                return ZEEBE.at(Spot(file, line=node.sourceline))
            space, _, word = name[1:].partition('}')
            if space in _PLATFORMS:
                return OTHER_PLATFORM.at(Spot(file, line=node.sourceline), platform=_PLATFORMS[space],
                                         what=word)
    return None


def processes(root: etree._Element, file: str) -> list[Finding]:
    """What is wrong with the number of processes, and with the id of the one that would run."""
    if root.tag != BPMN + 'definitions':
        return [NOT_BPMN.at(Spot(file))]
    found = [node for node in root if local(node) == 'process']
    unmarked = [node for node in found if node.get('isExecutable') is None]
    executable = [node for node in found if node.get('isExecutable') in ('true', '1')]
    if not executable and not (len(unmarked) == 1 == len(found)):
        if len(found) == 1:
            return [NOT_EXECUTABLE.at(_spot(found[0], file))]
        return [NO_PROCESS.at(Spot(file))]
    if len(executable) > 1:
        return [TWO_PROCESSES.at(_spot(node, file)) for node in executable[1:]]
    process = (executable or unmarked)[0]
    if process.get('id') != stem(file):
        return [STEM.at(_spot(process, file), wanted=f'{process.get("id", "")}.bpmn', stem=stem(file))]
    return []


def decisions(graph: Graph, file: str, known: Mapping[str, str]) -> Iterator[Finding]:
    """Whether a file is about the decision that its name says, and holds none of another file (``known``: the
    files by the decisions in them)."""
    if graph.main.id != stem(file):
        yield TABLE_STEM.at(Spot(file), id=graph.main.id)
    for ident in graph.decisions.keys() & known.keys():
        yield DECISION_TWICE.at(Spot(file), other=known[ident], id=ident)


def picture(root: etree._Element, process: etree._Element, file: str) -> list[Finding]:
    """Whether all that runs is drawn."""
    shown = {node.get('bpmnElement') for node in root.iter(_DI + 'BPMNShape', _DI + 'BPMNEdge')}
    if not shown:
        return [NO_PICTURE.at(Spot(file))]
    kinds = [BPMN + kind for kind in (*FLOW_NODES, 'sequenceFlow')]
    return [INVISIBLE.at(_spot(node, file)) for node in process.iter(*kinds)
            if node.get('id') and node.get('id') not in shown]


def _spot(node: etree._Element, file: str) -> Spot:
    return Spot(file, local(node), node.get('id'), node.get('name', ''), node.sourceline)
