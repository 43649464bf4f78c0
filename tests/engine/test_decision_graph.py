"""Decisions that rest on each other, knowledge models and boxed expressions: what they answer, what is refused."""
from html import escape

import orjson
import pytest

from engine import decision
from engine.errors import Broken, Refused
from engine.finding import REFUSE, WARN
from tests.engine.dmn import model, text_of


def literal(text: str, kind: str = '') -> str:
    return f'<literalExpression typeRef="{kind}">{text_of(text)}</literalExpression>'


def decided(ident: str, logic: str, *needs: str, kind: str = '', name: str = '') -> str:
    """A decision; ``needs`` are ids of decisions, or of knowledge models with a ``!`` in front."""
    asked = ''.join(f'<knowledgeRequirement><requiredKnowledge href="#{one[1:]}"/></knowledgeRequirement>'
                    if one[0] == '!' else
                    f'<informationRequirement><requiredDecision href="#{one}"/></informationRequirement>'
                    for one in needs)
    variable = f'<variable name="{name or ident}" typeRef="{kind}"/>'
    return f'<decision id="{ident}" name="{name or ident}">{variable}{asked}{logic}</decision>'


def knowledge(ident: str, logic: str, *parameters: str, needs: str = '', kind: str = 'FEEL',
              typed: str = '') -> str:
    """A knowledge model of these parameters, which may call the model that it ``needs``."""
    formal = ''.join(f'<formalParameter name="{one}" typeRef="{typed}"/>' for one in parameters)
    asked = f'<knowledgeRequirement><requiredKnowledge href="#{needs}"/></knowledgeRequirement>' if needs else ''
    return (f'<businessKnowledgeModel id="{ident}" name="{ident}"><encapsulatedLogic kind="{kind}">{formal}{logic}'
            f'</encapsulatedLogic>{asked}</businessKnowledgeModel>')


def rows(asked: str, *pairs: tuple[str, str], policy: str = 'UNIQUE', output: str = '') -> str:
    """A table of one input and one output."""
    cells = ''.join(f'<rule><inputEntry>{text_of(one)}</inputEntry><outputEntry>{text_of(other)}</outputEntry></rule>'
                    for one, other in pairs)
    return (f'<decisionTable hitPolicy="{policy}"><input label="{escape(asked)}"><inputExpression>{text_of(asked)}'
            f'</inputExpression></input><output name="{output}"/>{cells}</decisionTable>')


def entry(name: str, logic: str, kind: str = '') -> str:
    return f'<contextEntry><variable name="{name}" typeRef="{kind}"/>{logic}</contextEntry>'


def result(logic: str) -> str:
    return f'<contextEntry>{logic}</contextEntry>'


def call(function: str, **bound: str) -> str:
    """The invocation of a function."""
    bindings = ''.join(f'<binding><parameter name="{name}"/>{literal(text)}</binding>' for name, text in bound.items())
    return f'<invocation>{literal(function)}{bindings}</invocation>'


def read(*content: str, name: str = 'top.dmn', more: str = '') -> decision.Graph:
    return decision.parse(model(''.join(content), more=more), name)


def sound(*content: str, name: str = 'top.dmn') -> decision.Decision:
    graph = read(*content, name=name)
    assert [problem.zh for problem in decision.problems(graph.main)] == []
    return graph.main


def refusals(*content: str, severity: str = REFUSE) -> dict[str, str]:
    main = read(*content).main
    return {problem.code: problem.zh for problem in decision.problems(main) if problem.severity == severity}


def test_what_is_required_is_worked_out_first_and_once():
    asked = []
    top = sound(decided('top', literal('left + right'), 'left', 'right'),
                decided('left', literal('base * 2'), 'base'), decided('right', literal('base + 1'), 'base'),
                decided('base', literal('look(level)')))
    outcome = top.decide({'level': 3}, {'look': lambda level: asked.append(level) or level})
    assert (outcome.values, asked) == ({'top': 10}, [3])
    assert [(step.id, step.value) for step in outcome.needed] == [('base', 3), ('left', 6), ('right', 4)]


def test_the_grounds_of_every_decision_are_told():
    top = sound(decided('top', rows('grade', ('"甲"', '"表扬"'), ('"乙"', '"提醒"'), output='do'), 'grade'),
                decided('grade', rows('points', ('>= 80', '"甲"'), ('< 80', '"乙"'))))
    told = orjson.loads(orjson.dumps(top.decide({'points': 90}, {}).told))
    assert told == {
        'values': {'do': '表扬'}, 'inputs': {'grade': '甲'},
        'rules': [{'id': 'row_1', 'note': '', 'number': 1, 'cells': {'grade': '"甲"'}}],
        'needed': [{'id': 'grade', 'name': 'grade', 'value': '甲', 'inputs': {'points': 90},
                    'rules': [{'id': 'row_1', 'note': '', 'number': 1, 'cells': {'points': '>= 80'}}]}]}


def test_a_table_with_several_outputs_is_a_context_to_others():
    table = ('<decisionTable><input><inputExpression><text>level</text></inputExpression></input><output name="a"/>'
             '<output name="b"/><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry>'
             '<outputEntry><text>2</text></outputEntry></rule></decisionTable>')
    top = sound(decided('top', literal('pair.a + pair.b'), 'pair'), decided('pair', table))
    assert top.decide({'level': 0}, {}).values == {'top': 3}


def test_collected_rows_are_a_list_to_others():
    top = sound(decided('top', literal('sum(found)'), 'found'),
                decided('found', rows('level', ('> 0', '1'), ('> 1', '2'), policy='COLLECT')))
    assert [top.decide({'level': level}, {}).values['top'] for level in (1, 2)] == [1, 3]


def test_columns_of_a_required_table_are_known_by_their_names_too():
    season = decided('Season', rows('temperature', ('> 30', '"夏"'), ('<= 30', '"春"'), output='season'), name='哪一季')
    graph = read(decided('top', literal('season + 哪一季'), 'Season'), season)
    assert graph.main.names == set()
    assert graph.main.decide({'temperature': 31, 'season': '冬'}, {}).value == '夏夏'


@pytest.mark.parametrize(('policy', 'said'), [('FIRST', '督办1'), ('RULE ORDER', '督办,催办12')])
def test_each_column_of_several_is_known(policy: str, said: str):
    cells = ''.join(f'<rule><inputEntry>{text_of("-")}</inputEntry><outputEntry>{text_of(one)}</outputEntry>'
                    f'<outputEntry>{text_of(other)}</outputEntry></rule>'
                    for one, other in (('"督办"', '1'), ('"催办"', '2')))
    table = (f'<decisionTable hitPolicy="{policy}"><input><inputExpression>{text_of("level")}</inputExpression></input>'
             f'<output name="label"/><output name="points"/>{cells}</decisionTable>')
    text = 'label + string(points)' if policy == 'FIRST' else 'string join(label, ",") + string(sum(points) * 4)'
    graph = read(decided('top', literal(text), 'base'), decided('base', table))
    assert graph.main.decide({'level': 1}, {}).value == said


def test_names_may_hold_blanks():
    top = sound(decided('top', literal('base value + 1'), 'base'),
                decided('base', literal('level'), name='base value'))
    assert top.decide({'level': 2}, {}).values == {'top': 3}


def test_the_file_stands_for_its_name_else_for_the_one_nobody_requires():
    content = decided('a', literal('1')), decided('b', literal('a'), 'a')
    assert read(*content, name='a.dmn').main.id == 'a'
    assert read(*content, name='forms/other.dmn').main.id == 'b'
    assert read(*content).decisions.keys() == {'a', 'b'}
    assert read(decided('a', literal('1')), decided('b', literal('1')), name='x.dmn').main.id == 'a'


def test_each_decision_of_a_file_can_be_asked_by_itself():
    graph = read(decided('a', literal('1')), decided('b', literal('a + 1'), 'a'))
    assert [graph.decisions[key].decide({}, {}).values for key in 'ab'] == [{'a': 1}, {'b': 2}]


def test_a_circle_is_refused_with_its_chain():
    found = refusals(decided('a', literal('b'), 'b', name='甲'), decided('b', literal('c'), 'c', name='乙'),
                     decided('c', literal('a'), 'a', name='丙'))
    assert found['decision.circle'] == '决策互相依据，绕成了圈：甲 → 乙 → 丙 → 甲。'
    itself = knowledge('m', literal('m(x)'), 'x', needs='m')
    assert 'decision.circle' in refusals(decided('top', literal('m(1)'), '!m'), itself)


def test_a_very_long_chain_is_refused():
    content = [decided(f'd{number}', literal('1'), f'd{number + 1}') for number in range(2_000)]
    assert 'decision.nested' in refusals(*content, decided('d2000', literal('1')))


def test_input_data_and_sources_need_no_logic():
    top = sound('<inputData id="i" name="level"><variable name="level"/></inputData>'
                '<knowledgeSource id="s" name="条例"/><decision id="top" name="top">'
                '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
                '<authorityRequirement><requiredAuthority href="#s"/></authorityRequirement>'
                f'{literal("level + 1")}</decision>')
    assert top.decide({'level': 1}, {}).values == {'top': 2}
    assert top.names == {'level'}


def test_models_that_call_each_other_without_measure_are_stopped():
    twice = [knowledge(f'm{number}', literal(f'm{number + 1}(x) + m{number + 1}(x)'), 'x', needs=f'm{number + 1}')
             for number in range(40)]
    top = sound(decided('top', literal('m0(1)'), '!m0'), *twice, knowledge('m40', literal('x'), 'x'))
    with pytest.raises(Broken, match='被调用了超过5000次'):
        top.decide({}, {})


def test_names_and_calls_are_those_that_come_from_outside():
    top = read(decided('top', literal('base + twice(level) + host(1)'), 'base', '!twice'),
               decided('base', literal('due')), knowledge('twice', literal('2 * x + other(y)'), 'x')).main
    assert (top.names, top.calls) == ({'level', 'y'}, {'host', 'other'})


def test_a_knowledge_model_is_called_from_an_expression_or_a_box():
    model_ = knowledge('grade', rows('points', ('>= limit', '"好"'), ('< limit', '"差"')), 'points', 'limit')
    for logic in (literal('grade(level, 60)'), call('grade', limit='60', points='level')):
        top = sound(decided('top', logic, '!grade'), model_)
        outcome = top.decide({'level': 70}, {})
        assert outcome.values == {'top': '好'}
        assert [(step.name, step.inputs, [hit.number for hit in step.rules]) for step in outcome.needed] == [
            ('grade', {'points': 70}, [1])]


def test_a_knowledge_model_may_call_another():
    top = sound(decided('top', literal('six(1)'), '!six'),
                knowledge('six', literal('3 * twice(x)'), 'x', needs='twice'),
                knowledge('twice', literal('2 * x'), 'x'))
    assert top.decide({}, {}).values == {'top': 6}
    assert 'twice' in read(decided('top', literal('twice(1)')), knowledge('twice', literal('x'), 'x')).main.calls


@pytest.mark.parametrize(('logic', 'said'), [
    (call('grade', points='level'), '“grade”要2个参数：points、limit'),
    (call('grade', points='level', wrong='1'), '“grade”要2个参数'),
    (literal('grade(1)'), '“grade”要2个参数'), (call('grade', points='"多"', limit='1'), '参数要是数字，现在是“多”'),
    (call('nobody', points='1'), '“nobody”不存在')])
def test_a_wrong_call_breaks_and_names_the_model(logic, said):
    top = read(decided('top', logic, '!grade'), knowledge('grade', literal('points + limit'), 'points', 'limit',
                                                          typed='number')).main
    with pytest.raises(Broken, match=said):
        top.decide({'level': 1}, {})


def test_a_context_answers_its_entries_in_order():
    entries = entry('a', literal('level')) + entry('b', literal('a + 1'), 'number')
    top = sound(decided('top', f'<context>{entries}</context>'))
    outcome = top.decide({'level': 1}, {})
    assert (outcome.values, outcome.value) == ({'a': 1, 'b': 2}, {'a': 1, 'b': 2})
    assert (top.names, [output.name for output in top.outputs]) == ({'level'}, ['a', 'b'])


def test_a_context_that_is_declared_a_list_is_one_answer():
    top = sound(DEFINED, decided('top', f'<context>{entry("days", literal("1"))}</context>', kind='Matters'))
    assert top.decide({}, {}).values == {'top': [{'days': 1, 'urgency': None}]}
    assert [output.name for output in top.outputs] == ['top']


def test_a_context_with_a_result_answers_that():
    function = f'<functionDefinition><formalParameter name="x"/>{literal("x * a")}</functionDefinition>'
    top = sound(decided('top', f'<context>{entry("a", literal("level"))}{entry("times", function)}'
                               f'{result(literal("times(a) + times(x: 2)"))}</context>'))
    assert top.decide({'level': 3}, {}).values == {'top': 15}
    assert (top.names, top.calls) == ({'level'}, set())


def test_tables_lists_relations_and_choices_stand_in_boxes():
    named, nobody = literal('"甲"') + literal('level'), literal('null') + literal('2')
    relation = (f'<relation><column name="unit"/><column name="days"/><row>{named}</row><row>{nobody}</row>'
                '</relation>')
    choice = (f'<conditional><if>{literal("level > 1")}</if><then>{literal("1")}</then>'
              f'<else>{literal("0")}</else></conditional>')
    top = sound(decided('top', f'<context>{entry("t", rows("level", ("-", "7")))}'
                               f'{entry("l", "<list>" + literal("1") + literal("level") + "</list>")}'
                               f'{entry("r", relation)}{entry("c", choice)}</context>'))
    outcome = top.decide({'level': 5}, {})
    assert outcome.values == {'t': 7, 'l': [1, 5], 'r': [{'unit': '甲', 'days': 5}, {'unit': None, 'days': 2}], 'c': 1}
    assert [(step.name, step.value) for step in outcome.needed] == [('t', 7)]


def test_a_page_shows_every_part():
    top = sound(decided('top', literal('base + f(1)'), 'base', '!f'), decided('base', rows('level', ('-', '1'))),
                knowledge('f', literal('x + 1'), 'x'))
    shown = [(listing.name, listing.policy, [line.inputs + line.outputs for line in listing.rows])
             for listing in top.listings()]
    assert shown == [('top', '', [['top', 'base + f(1)']]), ('f', '', [['f', 'x + 1']]),
                     ('base', 'UNIQUE', [['任意', '1']])]


def test_answers_are_of_the_declared_type():
    top = sound(decided('top', literal('base'), 'base', kind='number'), decided('base', literal('level')))
    assert top.decide({'level': '5'}, {}).values == {'top': 5}
    with pytest.raises(Broken, match='“top”：要是数字，现在是“五”'):
        top.decide({'level': '五'}, {})


def test_a_table_without_a_row_names_the_table_that_lacks_it():
    top = sound(decided('top', literal('base'), 'base'), decided('base', rows('level', ('"a"', '1')), name='base'))
    with pytest.raises(decision.NoRule, match='决策表“base”没有一行适用：level是“b”'):
        top.decide({'level': 'b'}, {})


DEFINED = ('<itemDefinition name="Urgency"><typeRef>string</typeRef><allowedValues><text>"急","缓"</text></allowedValues>'
           '</itemDefinition>'
           '<itemDefinition name="Units" isCollection="true"><typeRef>string</typeRef></itemDefinition>'
           '<itemDefinition name="Lists" isCollection="true"><typeRef>Units</typeRef></itemDefinition>'
           '<itemDefinition name="Matters" isCollection="true"><typeRef>Matter</typeRef></itemDefinition>'
           '<itemDefinition name="Matter"><itemComponent name="days"><typeRef>number</typeRef></itemComponent>'
           '<itemComponent name="urgency"><typeRef>Urgency</typeRef></itemComponent></itemDefinition>')


@pytest.mark.parametrize(('kind', 'value', 'found'), [
    ('Urgency', '急', '急'), ('Urgency', None, None), ('Units', ['a', 'b'], ['a', 'b']), ('Units', 'a', ['a']),
    ('Lists', [['a'], 'b', []], [['a'], ['b'], []]),
    ('Matter', {'days': '3', 'urgency': '缓', 'more': 1}, {'days': 3, 'urgency': '缓', 'more': 1})])
def test_types_of_the_file_are_kept_to(kind, value, found):
    assert sound(DEFINED, decided('top', literal('value'), kind=kind)).decide({'value': value}, {}).value == found


@pytest.mark.parametrize(('kind', 'value', 'said'), [
    ('Urgency', '慢', '“慢”不在允许的取值里：'), ('Units', [1, True], '要是文字'), ('Matter', {'days': '三'}, '要是数字'),
    ('Matter', {'urgency': '慢'}, '不在允许的取值里'), ('Matter', 3, '要是一组资料')])
def test_values_that_a_type_of_the_file_forbids_break(kind, value, said):
    with pytest.raises(Broken, match=said):
        sound(DEFINED, decided('top', literal('value'), kind=kind)).decide({'value': value}, {})


@pytest.mark.parametrize(('content', 'code', 'said'), [
    (decided('top', ''), 'decision.logic', '决策“top”没有写怎么决定'),
    (decided('top', '<context>' + entry('a', '') + '</context>'), 'decision.logic', '决策“a”没有写怎么决定'),
    (decided('top', literal('1 +')), 'decision.cell', '“top”的表达式写得不对'),
    (decided('top', literal('')), 'decision.input', '“top”没有写表达式'),
    (decided('top', literal('1'), 'nobody'), 'decision.reference', '依据的“#nobody”不在这个文件里'),
    (decided('top', literal('1'), '!nobody'), 'decision.reference', '#nobody'),
    (decided('top', literal('1'), kind='Nothing'), 'decision.kind', '类型Nothing不认识'),
    (decided('top', literal('1'), name='a b'), 'decision.output', '“a b”没有可用的名字'),
    (decided('top', literal('m()'), '!m') + knowledge('m', '', kind='Java'), 'decision.function', 'Java写的'),
    (decided('top', literal('m()'), '!m') + knowledge('m', '', kind='PMML'), 'decision.function', 'PMML写的'),
    (decided('top', literal('m(1)'), '!m') + knowledge('m', literal('1'), 'x', 'x'), 'decision.parameter',
     '“x”没有名字或重复了'),
    (decided('top', literal('m(1)'), '!m') + '<businessKnowledgeModel id="m" name="m"/>', 'decision.logic',
     '“m”没有写'),
    (decided('top', f'<context>{result(literal("1"))}{entry("a", literal("1"))}</context>'),
     'decision.entry', '第1项没有名字'),
    (decided('top', f'<context>{entry("a", literal("1")) * 2}</context>'), 'decision.entry', '第2项'),
    (decided('top', '<relation><column name="a"/><column name="a"/></relation>'), 'decision.entry', '第2项'),
    (decided('top', '<relation><row/></relation>'), 'decision.logic', '没有写'),
    (decided('top', '<invocation/>'), 'decision.input', '“top”的调用没有写表达式'),
    (decided('top', call('m', y='1'), '!m') + knowledge('m', literal('x'), 'x'), 'decision.binding',
     '参数对不上：要有x，给了y'),
    (decided('top', f'<list>{call("m")}</list>', '!m') + knowledge('m', literal('x'), 'x'), 'decision.binding', '给了零个'),
    (decided('top', '<list><some/></list>'), 'decision.unsupported', 'some判断框'),
    (decided('top', '<relation><column name="a"/><row/></relation>'), 'decision.row', '第1行的格数不对'),
    (decided('top', literal('1') + literal('2')), 'decision.duplicate', '有2个表达式都叫top'),
    (decided('top', literal('1') + '<informationRequirment/>'), 'decision.unknown', '是不是“informationRequirement”？'),
    (decided('top', rows('1', ('-', '1')).replace('hitPolicy', 'hitPolcy')), 'decision.unknown', '是不是“hitPolicy”？'),
    (decided('top', literal('1')) + '<rule/>', 'decision.unknown', '“rule”在这里不是DMN的写法'),
    (decided('top', '<for><in/></for>'), 'decision.unsupported', 'for循环框'),
    (decided('top', '<filter/>'), 'decision.unsupported', '筛选框'),
    (decided('top', '<functionDefinition/>'), 'decision.unsupported', '函数定义作为结果'),
    ('<import name="other" namespace="urn:o"/>' + decided('top', literal('1')), 'decision.unsupported', '引用其他文件'),
    ('<decisionService id="s" name="服务"/>' + decided('top', literal('1'), '!s'), 'decision.unsupported', '决策服务'),
    ('<itemDefinition name="F"><functionItem/></itemDefinition>' + decided('top', literal('1')),
     'decision.unsupported', '函数类型'),
    ('<itemDefinition name="A"><typeRef>A</typeRef></itemDefinition>' + decided('top', literal('1')),
     'decision.circle', 'A → A'),
    (decided('top', literal('1')) + decided('top', literal('2')), 'decision.duplicate', '有2个元素的id都叫top'),
    (decided('top', '<context/>'), 'decision.logic', '没有写'),
    (decided('top', '<list>' * 60 + literal('1') + '</list>' * 60), 'decision.nested', '套得太深'),
    (decided('top', f'<literalExpression expressionLanguage="http://groovy">{text_of("1")}</literalExpression>'),
     'decision.language', '语言“groovy”不执行')])
def test_what_is_not_executed_is_refused_with_a_sentence(content, code, said):
    found = refusals(content)
    assert said in found.get(code, ''), found


def test_a_service_that_nobody_asks_is_only_mentioned():
    content = '<decisionService id="s" name="服务"/>' + decided('top', literal('1'))
    assert refusals(content) == {}
    assert refusals(content, severity=WARN) == {'decision.unused': '决策服务“服务”不执行，不影响决策。'}


@pytest.mark.parametrize('language', ['', 'feel', 'https://www.omg.org/spec/DMN/20191111/FEEL/', 'juel', 'duban',
                                      'http://www.omg.org/spec/FEEL/20140401'])
def test_languages_that_are_spoken(language):
    logic = f'<literalExpression expressionLanguage="{language}">{text_of("level + 1")}</literalExpression>'
    assert sound(decided('top', logic)).decide({'level': 1}, {}).values == {'top': 2}


def test_the_other_way_to_write_expressions_is_understood_too():
    top = sound(decided('top', rows('${level > 1 && !empty kind}', ('true', '${level * 2}'), ('false', '0'))))
    assert [top.decide({'level': 3, 'kind': kind}, {}).values['top'] for kind in ('a', '')] == [6, 0]


def test_a_file_of_inputs_only_is_refused():
    with pytest.raises(Refused, match='没有决策'):
        read('<inputData id="i" name="i"/>')
