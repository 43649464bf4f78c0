"""Decision files in a bundle: who may be asked, what the gate says of them, and what the trail keeps."""
import pytest

from engine import deployment, gate
from engine.finding import REFUSE, REPAIR, WARN, Finding
from tests.engine.diagrams import FACTS, TOPICS, form, line, node, table, user
from tests.engine.dmn import LABEL, LEVEL, model, text_of, xml


def asks(ident: str) -> bytes:
    """A process that fills in `level`, asks a decision, and shows it to somebody."""
    return line(user('a'), node('businessRuleTask', 'b', camunda_decisionRef=ident), user('c'),
                between=('a', 'b', 'c'))


def check(*tables: tuple[str, bytes], asked: str = 't') -> list[Finding]:
    return gate.check({'p.bpmn': asks(asked), 'f.form': form('f', 'answer'), **dict(tables)}, TOPICS, FACTS | {'level'})


def codes(*tables: tuple[str, bytes], asked: str = 't') -> set[str]:
    return {finding.code for finding in check(*tables, asked=asked)}


def literal(ident: str, text: str, *needs: str) -> str:
    asked = ''.join(f'<informationRequirement><requiredDecision href="#{one}"/></informationRequirement>'
                    for one in needs)
    return (f'<decision id="{ident}" name="{ident}">{asked}<literalExpression>{text_of(text)}</literalExpression>'
            '</decision>')


def test_any_decision_of_a_file_may_be_asked():
    file = 't.dmn', model(literal('t', 'base + 1', 'base') + literal('base', 'level * 2'))
    assert codes(file) == codes(file, asked='base') == set()
    assert codes(file, asked='bse') == {'decision.missing'}


def test_a_bundle_holds_every_decision_by_its_id():
    bundle = deployment.read({'t.dmn': model(literal('t', 'base + 1', 'base') + literal('base', 'level * 2'))})
    assert bundle.tables.keys() == {'t', 'base'}
    assert bundle.tables['t'].decide({'level': 2}, {}).values == {'t': 5}


def test_a_file_is_about_the_decision_of_its_name():
    assert codes(('other.dmn', model(literal('t', 'level')))) == {'table.stem'}
    assert codes(('t.dmn', model(literal('u', 'level') + literal('t', 'level')))) == set()


def test_two_files_must_not_hold_the_same_decision():
    found = check(('t.dmn', model(literal('t', 'base', 'base') + literal('base', 'level'))),
                  ('base.dmn', model(literal('base', '1'))))
    assert [(finding.code, finding.severity) for finding in found] == [('table.twice', REFUSE)]
    assert '“base”' in found[0].zh and 'base.dmn' in found[0].zh and 't.dmn' in found[0].zh


def test_names_and_functions_of_every_decision_are_looked_up():
    wrong = model(literal('t', 'base + levle', 'base') + literal('base', 'lok(level)'))
    found = {finding.code: finding.zh for finding in check(('t.dmn', wrong))}
    assert found.keys() == {'expression.unknown_name', 'expression.unknown_function'}
    assert '决策表“t”' in found['expression.unknown_name'] and '“level”' in found['expression.unknown_name']
    assert '决策表“base”' in found['expression.unknown_function']


@pytest.mark.parametrize(('rules', 'said', 'element'), [
    ([(['1'], ['"轻"']), (['2'], ['督办'])], '第2行第2列“grade列”的表达式“督办”里的“督办”没有任何表单、决策表或动作写入，也不是台账字段；'
     '如果是文字，请加上引号。', 'r2'),
    ([(['1'], ['levle + 1'])], '第1行第2列“grade列”的表达式“levle + 1”里的“levle”', 'r1'),
    ([(['> lok(1)'], ['1'])], '第1行第1列“等级”的表达式“> lok(1)”里的函数“lok”不存在', 'r1'),
])
def test_an_unknown_word_is_named_with_its_row_and_column(rules: list[tuple], said: str, element: str) -> None:
    found, = (one for one in check(('t.dmn', xml([('等级', 'level', '')], [('grade', '')], rules))) if one.severity == REFUSE)
    assert f'决策表“测试表”（t）{said}' in found.zh and found.element == element


def test_a_condition_in_camundas_expressions_is_refused_with_what_to_write_instead() -> None:
    found, = (one for one in check(('t.dmn', xml([('等级', 'level', '')], [('grade', '')], [(['${level > 3}'], ['1'])])))
              if one.severity == REFUSE)
    assert '第1行第1列“等级”写得不对：“${level > 3}”是${…}，条件要写成FEEL，如 > 3' in found.zh


def test_an_unknown_word_in_the_head_of_a_table_is_named_with_its_column() -> None:
    wrong = xml([('等级', 'level', ''), ('类别', 'kimd', '')], [('grade', '', '', 'nothing')], [(['1', '-'], ['1'])])
    found = [one.zh for one in check(('t.dmn', wrong)) if one.code == 'expression.unknown_name']
    assert '输入列“类别”的表达式“kimd”' in found[0] and '结果列“grade列”的默认值的表达式“nothing”' in found[1]


def test_the_answer_of_a_decision_without_a_requirement_is_not_known():
    assert codes(('t.dmn', model(literal('t', 'base') + literal('base', 'level')))) == {'expression.unknown_name'}


def test_parameters_are_looked_up_in_every_decision():
    assert codes(('t.dmn', model(literal('t', 'param("limit")')))) == {'expression.unknown_parameter'}


@pytest.mark.parametrize(('data', 'code', 'severity'), [
    (xml(LEVEL, LABEL, [(['> 1'], ['"甲"'])]), 'decision.uncovered', WARN),
    (xml(LEVEL, LABEL, [(['-'], ['"甲"']), (['1'], ['"乙"'])], policy='FIRST'), 'decision.masked', WARN),
    (xml(LEVEL, LABEL, [(['[5..1]'], ['"甲"']), (['-'], ['"乙"'])], policy='FIRST'), 'decision.never', WARN),
    (xml(LEVEL, LABEL, [(['-'], ['"甲"']), (['1'], ['"乙"'])]), 'decision.overlap', REFUSE),
    (xml(LEVEL, LABEL, [(['1 +'], ['"甲"'])]), 'decision.cell', REFUSE),
    (xml(LEVEL, LABEL, [(['-'], ['"甲"'])]).replace(b' id="t"', b''), 'decision.id', REPAIR)])
def test_findings_of_a_table_stand_at_their_line(data, code, severity):
    finding, = check(('t.dmn', data.replace(b'<decisionTable', b'\n<decisionTable').replace(b'<rule', b'\n<rule')))
    assert (finding.code, finding.severity, finding.file) == (code, severity, 't.dmn')
    assert finding.line and finding.element and finding.zh and finding.en


@pytest.mark.parametrize('data', [
    b'', b'<definitions', model('')[:-20], model('', space='urn:x'), model('<decision/>'),
    model('<decision id="t"/>' * 2),
    model('<decision id="t"><decisionTable><rule/></decisionTable></decision>'),
    model('<decision id="t"><decisionTable><input/><output/><rule><inputEntry/></rule></decisionTable></decision>'),
    model('<decision id="t"><context><contextEntry/></context></decision>'),
    model('<decision id="t"><invocation><binding/></invocation></decision>'),
    model('<decision id="t"><relation><row/></relation></decision>'),
    model('<businessKnowledgeModel/><decision id="t"/>'),
    model('<itemDefinition/><decision id="t"><variable/></decision>'),
    model('<decision id="t"><informationRequirement><requiredDecision/></informationRequirement></decision>')])
def test_a_spoilt_file_is_refused_with_a_sentence(data):
    found = [finding for finding in check(('t.dmn', data)) if finding.severity == REFUSE]
    assert found and all(finding.zh and finding.en for finding in found)


def test_a_plain_table_needs_nothing_else():
    assert codes(('t.dmn', table('t', ('level',), ('grade',), ('-', '1')))) == set()
