"""Rules about work: who does it, with which form, by which action, table or called process, and how often."""
import re
from collections.abc import Iterator

from lxml import etree

from engine.definition import CAMUNDA, POSTS, TASKS, Element, local
from engine.finding import REFUSE, WARN, Both, Finding, rule
from engine.gate.scene import Diagram, Scene
from engine.gate.shape import TOO_LONG
from engine.gate.vocabulary import hint
from engine.normalise import MANUAL, manual

NOBODY = rule('task.nobody', REFUSE, '{it}没有写明由谁办理，请填候选组，如${{lead_unit}}/liaison。',
              '{it} does not say who does it; fill in the candidate groups, such as ${{lead_unit}}/liaison.')
NOT_A_POST = rule('task.not_a_post', REFUSE, '{it}的候选组“{what}”不是“单位/岗位”的写法。',
                  'The candidate group "{what}" of {it} is not of the form unit/post.')
ONLY_A_UNIT = rule('task.only_a_unit', REFUSE, '{it}的候选组“{what}”只有单位，没有岗位，请写成{what}/liaison这样。',
                   'The candidate group "{what}" of {it} is a unit without a post; write {what}/liaison.')
SEVERAL_POSTS = rule('task.several_posts', REFUSE, '{it}填了几个候选组（{what}），只能有一个岗位；几家都要办请用多实例。',
                     '{it} names several candidate groups ({what}) and may have one; use a multi-instance '
                     'for several.')
UNKNOWN_POST = rule('task.unknown_post', REFUSE, '{it}的岗位“{what}”不认识{hint}',
                    'The post "{what}" of {it} is not known{hint}')
OTHER_LANE = rule('task.other_lane', WARN, '{it}由“{who}”办理，画在泳道“{lane}”里，而同一岗位的“{other}”画在“{other_lane}”里。',
                  '{it} is done by "{who}" in the lane "{lane}", while "{other}" of the same post stands in '
                  '"{other_lane}".')
NO_FORM = rule('task.no_form', WARN, '{it}没有表单，页面上只能点“完成”。',
               '{it} has no form; its page only offers to complete it.')
FORM_KIND = rule('form.kind', REFUSE, '{it}的表单“{what}”不是本包里的.form表单，请填表单编号。',
                 'The form "{what}" of {it} is not a .form of this bundle; fill in its id.')
FORM_MISSING = rule('form.missing', REFUSE, '{it}的表单“{what}”不在这一包里{hint}',
                    'The form "{what}" of {it} is not in the bundle{hint}')
BINDING = rule('binding.other', WARN, '{it}要按“{what}”取{thing}，不起作用；总是用同一版里的。',
               '{it} asks for the {thing} by "{what}", which has no effect; that of the same version is '
               'used.')
NO_TOPIC = rule('service.no_topic', REFUSE, '{it}没有写主题，什么也不会做；请选外部任务（external）并填主题。',
                '{it} has no topic and would do nothing; make it external and fill in a topic.')
NOT_EXTERNAL = rule('service.not_external', REFUSE, '{it}的类型是“{what}”，只执行外部任务（external）。',
                    '{it} is of the type "{what}"; only external tasks are executed.')
UNKNOWN_TOPIC = rule('service.unknown_topic', REFUSE, '{it}的主题“{what}”没有对应的动作{hint}',
                     'No action is called "{what}" ({it}){hint}')
INPUT_MISSING = rule('service.input_missing', REFUSE, '{it}缺少动作“{topic}”必须的参数“{what}”。',
                     '{it} lacks the parameter "{what}" that the action "{topic}" needs.')
INPUT_UNKNOWN = rule('service.input_unknown', REFUSE, '{it}的参数“{what}”动作“{topic}”不认识{hint}',
                     'The action "{topic}" knows no parameter "{what}" ({it}){hint}')
INPUT_PROCESS = rule('service.input_process', REFUSE, '{it}的参数“{name}”写的流程“{what}”不在这一包里{hint}',
                     'The process "{what}" in the parameter "{name}" of {it} is not in the bundle{hint}')
INPUT_TWICE = rule('service.input_twice', REFUSE, '{it}的参数“{what}”写了两次。',
                   'The parameter "{what}" of {it} is given twice.')
NO_TABLE = rule('decision.none', REFUSE, '{it}没有选决策表，请在属性里填它的编号。',
                '{it} names no decision table; fill in its id.')
TABLE_MISSING = rule('decision.missing', REFUSE, '{it}的决策表“{what}”不在这一包里{hint}',
                     'The table "{what}" of {it} is not in the bundle{hint}')
RESULT_KIND = rule('decision.result', REFUSE, '{it}的结果方式“{what}”不执行，请选singleResult；各列按列名写入字段。',
                   'The result "{what}" of {it} is not executed; choose singleResult, columns keep their '
                   'names.')
NO_CALLED = rule('call.none', REFUSE, '{it}没有写明调用哪个流程，请填它的编号。',
                 '{it} does not say which process it calls; fill in its id.')
CALLED_MISSING = rule('call.missing', REFUSE, '{it}调用的流程“{what}”不在这一包里{hint}',
                      'The process "{what}" that {it} calls is not in the bundle{hint}')
CALLED_BY_MESSAGE = rule('call.message_start', REFUSE, '{it}调用的流程“{what}”没有普通的开始事件（只能由消息、时间等发起），不能被调用。',
                         'The process "{what}" that {it} calls has no plain start event and cannot be called.')
CALL_BINDING = rule('call.binding', REFUSE, '{it}要按“{what}”取被调用的流程，只能是latest、deployment或version（并写明第几版）。',
                    '{it} asks for the called process by "{what}"; it must be latest, deployment or version (with its '
                    'number).')
CALL_OUT = rule('call.out_lost', REFUSE, '{it}是多实例的调用，camunda:out的结果没有地方放；请写明结果列表（loopDataOutputRef和outputDataItem）。',
                '{it} is a multi-instance call, whose camunda:out goes nowhere; collect the results in a list '
                '(loopDataOutputRef and outputDataItem).')
CALLS_ITSELF = rule('call.circle', REFUSE, '{it}最后又调用回自己：{chain}。', '{it} ends in calling itself: {chain}.')
SCRIPT_FORMAT = rule('script.format', REFUSE, '{it}的脚本格式“{what}”不执行；请写赋值和if，格式填duban。',
                     'The script format "{what}" of {it} is not executed; write assignments and if, and call '
                     'it duban.')
SCRIPT_EMPTY = rule('script.empty', REFUSE, '{it}没有脚本，请写上，或改成别的任务。',
                    '{it} has no script; write one, or make it another task.')
MANUAL_MODE = rule('task.manual_mode', REFUSE, '{it}的扩展属性manual_tasks写的是“{what}”，只能是wait（等人办）或pass（自动通过）。',
                   'The property manual_tasks of {it} is "{what}" and must be wait or pass.')
MULTI_NO_COLLECTION = rule('multi.no_collection', REFUSE, '{it}没有写明按什么分成几份，请填集合，如${{split(co_units)}}，或份数。',
                           '{it} does not say over what it is repeated; fill in a collection, such as '
                           '${{split(co_units)}}, or a number.')
MULTI_NO_VARIABLE = rule('multi.no_variable', WARN, '{it}没有元素变量，每一份只知道是第几份（loopCounter），不知道是谁的；请填，如unit。',
                         '{it} has no element variable; its instances know their number (loopCounter) only. Fill '
                         'one in, such as unit.')
MULTI_BOTH = rule('multi.both', REFUSE, '{it}既写了集合又写了份数，只能写一样。',
                  '{it} has both a collection and a number of instances; write one of them.')
MULTI_OUTPUT = rule('multi.output', REFUSE, '{it}的结果列表没有写全：要有列表名（loopDataOutputRef）和每一份的结果（outputDataItem）。',
                    'The result list of {it} is not complete; it needs a name (loopDataOutputRef) and what each '
                    'instance gives (outputDataItem).')
UNKNOWN_STAGE = rule('stage.unknown', REFUSE, '{it}的阶段“{what}”不在流程的阶段表里{hint}',
                     'The stage "{what}" of {it} is not among the stages of the process{hint}')

_UNIT_MOST = 40                                                         # what the table of tasks holds
_BINDINGS = {'formRefBinding': Both('表单', 'form'), 'decisionRefBinding': Both('决策表', 'table')}


def check(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    """The rules about tasks, sub-processes and call activities."""
    for element in diagram.definition.elements.values():
        judge = _JUDGES.get(element.kind)
        if judge:
            yield from judge(scene, diagram, element)
        if element.form:
            yield from _form(scene, diagram, element)
        if element.multi:
            yield from _multi(diagram, element)
        stage = element.properties.get('stage')
        if stage and stage not in diagram.definition.stages:
            yield UNKNOWN_STAGE.at(diagram.at(element), what=stage,
                                   hint=hint(stage, diagram.definition.stages))
    yield from _lanes(diagram)
    if manual(diagram.process) not in MANUAL:
        yield MANUAL_MODE.at(diagram.at(diagram.definition), what=manual(diagram.process))
    for node in diagram.drawn(*TASKS, 'callActivity', 'startEvent'):
        yield from _attributes(diagram, node)


def candidates(text: str) -> list[str]:
    """The groups of a comma-separated list; a comma within ``${…}`` separates nothing."""
    return [part.strip() for part in re.split(r',(?![^{]*\})', text) if part.strip()]


def _person(scene: Scene, diagram: Diagram, element: Element) -> Iterator[Finding]:
    spot = diagram.at(element)
    if not element.candidate:
        yield NOBODY.at(spot)
    groups = candidates(element.candidate)
    if len(groups) > 1:
        yield SEVERAL_POSTS.at(spot, what=element.candidate)
    for group in groups:
        if re.fullmatch(r'[$#]\{[^{}]*\}', group):                    # an expression that gives unit and post
            name = group[2:-1].strip()
            if name in scene.facts and name.endswith('_unit'):
                yield ONLY_A_UNIT.at(spot, what=group)
            continue
        unit, slash, post = re.sub(r'[$#]\{[^{}]*\}', lambda found: found.group().replace('/', ' '),
                                   group).rpartition('/')
        if not slash or not unit.strip() or not post.strip() or '/' in unit:
            yield NOT_A_POST.at(spot, what=group)
        elif '{' not in unit and len(unit) > _UNIT_MOST:
            yield TOO_LONG.at(spot, what=Both('办理单位', 'unit'), count=len(unit), most=_UNIT_MOST)
        elif '{' not in post and post not in POSTS:
            yield UNKNOWN_POST.at(spot, what=post, hint=hint(post, POSTS))
    if not element.form:
        yield NO_FORM.at(spot)


def _form(scene: Scene, diagram: Diagram, element: Element) -> Iterator[Finding]:
    spot = diagram.at(element)
    if ':' in element.form or '/' in element.form or '{' in element.form:
        yield FORM_KIND.at(spot, what=element.form)
    elif element.form not in scene.forms:
        yield FORM_MISSING.at(spot, what=element.form, hint=hint(element.form, scene.forms))


def _service(scene: Scene, diagram: Diagram, element: Element) -> Iterator[Finding]:
    spot = diagram.at(element)
    if not element.topic:
        yield NO_TOPIC.at(spot)
    elif element.topic not in scene.topics:
        yield UNKNOWN_TOPIC.at(spot, what=element.topic, hint=hint(element.topic, scene.topics))
    else:
        action = scene.topics[element.topic]
        required, known = action.get('required', {}), {*action.get('required', {}),
                                                       *action.get('optional', {})}
        for name in required:
            if not element.inputs.get(name):
                yield INPUT_MISSING.at(spot, topic=element.topic, what=name)
        for name in element.inputs if '*' not in known else ():
            if name not in known:
                yield INPUT_UNKNOWN.at(spot, topic=element.topic, what=name, hint=hint(name, known))
        for name in action.get('processes', ()):
            for what in filter(None, (part.strip() for part in re.split('[,，、]', element.inputs.get(name, '')))):
                if what not in scene.processes and '{' not in what:
                    yield INPUT_PROCESS.at(spot, name=name, what=what, hint=hint(what, scene.processes))


def _decision(scene: Scene, diagram: Diagram, element: Element) -> Iterator[Finding]:
    spot = diagram.at(element)
    if not element.decision:
        yield NO_TABLE.at(spot)
    elif element.decision not in scene.tables:
        yield TABLE_MISSING.at(spot, what=element.decision, hint=hint(element.decision, scene.tables))


def _call(scene: Scene, diagram: Diagram, element: Element) -> Iterator[Finding]:
    spot = diagram.at(element)
    if not element.called:
        yield NO_CALLED.at(spot)
        return
    if element.binding not in ('', 'latest', 'deployment', 'version') or (
            element.binding == 'version') != element.version.isdigit():
        yield CALL_BINDING.at(spot, what=' '.join(filter(None, (element.binding, element.version))))
    if element.multi and (element.out_of or element.all_out) and not element.multi.output:
        yield CALL_OUT.at(spot)
    called = scene.processes.get(element.called)
    if called is None and element.binding == 'version':
        return
    if called is None:
        yield CALLED_MISSING.at(spot, what=element.called,
                                hint=hint(element.called, scene.processes.keys() - {diagram.definition.id}))
        return
    if not any(one.kind == 'startEvent' and not one.event for one in called.definition.inside(None)):
        yield CALLED_BY_MESSAGE.at(spot, what=element.called)
    chain = _circle(scene, diagram.definition.id, element.called)
    if chain:
        yield CALLS_ITSELF.at(spot, chain=' → '.join(chain[:6] + ['…'] * (len(chain) > 6)))


def _circle(scene: Scene, home: str, called: str) -> list[str]:
    """The way by which a called process comes to call the caller, if it does."""
    if home not in scene.ways:
        ways, todo = {home: home}, [home]                             # from each process, the next on the way
        for process in todo:
            for other, _ in scene.callers.get(process, ()):
                if other.id not in ways:
                    ways[other.id] = process
                    todo.append(other.id)
        scene.ways[home] = ways
    ways, chain = scene.ways[home], [home]
    while called in ways and called != home:
        chain.append(called)
        called = ways[called]
    return [*chain, home] if called == home else []


def _script(scene: Scene, diagram: Diagram, element: Element) -> Iterator[Finding]:
    if not element.script:
        yield SCRIPT_EMPTY.at(diagram.at(element))


def _sending(scene: Scene, diagram: Diagram, element: Element) -> Iterator[Finding]:
    if element.topic:
        yield from _service(scene, diagram, element)


_JUDGES = {'userTask': _person, 'serviceTask': _service, 'businessRuleTask': _decision, 'callActivity': _call,
           'scriptTask': _script, 'sendTask': _sending}


def _multi(diagram: Diagram, element: Element) -> Iterator[Finding]:
    spot, multi = diagram.at(element), element.multi
    if multi.cardinality and multi.collection:
        yield MULTI_BOTH.at(spot)
    elif not multi.cardinality and not multi.collection:
        yield MULTI_NO_COLLECTION.at(spot)
    elif not multi.cardinality and not multi.variable:
        yield MULTI_NO_VARIABLE.at(spot)
    if bool(multi.output) != bool(multi.result):
        yield MULTI_OUTPUT.at(spot)


def _lanes(diagram: Diagram) -> Iterator[Finding]:
    first: dict[str, Element] = {}
    for element in diagram.definition.elements.values():
        if element.kind != 'userTask' or not element.lane or not element.candidate:
            continue
        other = first.setdefault(element.candidate, element)
        if other.lane != element.lane:
            yield OTHER_LANE.at(diagram.at(element), who=element.candidate, lane=element.lane,
                                other=other.name or other.id, other_lane=other.lane)


def _attributes(diagram: Diagram, node: etree._Element) -> Iterator[Finding]:
    spot, kind = diagram.at(node), local(node)
    for attribute, thing in _BINDINGS.items():
        if node.get(CAMUNDA + attribute, 'deployment') != 'deployment':
            yield BINDING.at(spot, what=node.get(CAMUNDA + attribute), thing=thing)
    if node.get(CAMUNDA + 'mapDecisionResult', 'singleResult') not in ('singleResult', 'singleEntry'):
        yield RESULT_KIND.at(spot, what=node.get(CAMUNDA + 'mapDecisionResult'))
    if kind in ('serviceTask', 'sendTask') and node.get(CAMUNDA + 'topic') \
            and node.get(CAMUNDA + 'type', 'external') != 'external':
        yield NOT_EXTERNAL.at(spot, what=node.get(CAMUNDA + 'type'))
    if kind == 'scriptTask' and node.get('scriptFormat', 'duban').strip().lower() not in ('', 'duban',
                                                                                          'python'):
        yield SCRIPT_FORMAT.at(spot, what=node.get('scriptFormat'))
    names = [child.get('name') for child in node.iter(CAMUNDA + 'inputParameter')]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield INPUT_TWICE.at(spot, what=name)
