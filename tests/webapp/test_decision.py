"""Decisions that rest on others: how the rules page draws them and how the trace tells them."""
from collections.abc import Callable

import orjson
import pytest
from flask import Flask
from sqlalchemy import select

from engine import actions, db, deployment
from engine.errors import Broken
from engine.history import Event, Kind
from engine.ledger import FACTS
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW
from tests.webapp.matters import engine_of, handled

Browse = Callable[[str], Browser]
NEEDED = '''<informationRequirement><requiredDecision href="#rule_in_use"/></informationRequirement><decisionTable'''
RULE = '''<decision id="rule_in_use" name="适用的督办规则"><variable name="rule_in_use"/><decisionTable>
<input label="类别"><inputExpression><text>matter_class</text></inputExpression></input><output typeRef="string"/>
<rule><description>重要的照参数</description><inputEntry><text>"important","urgent"</text></inputEntry>
<outputEntry><text>param("supervision_rule")</text></outputEntry></rule>
<rule><inputEntry><text>not("important","urgent")</text></inputEntry>
<outputEntry><text>"office"</text></outputEntry></rule>
</decisionTable></decision></definitions>'''


def deploy(app: Flask, rule: str) -> None:
    """贵州's bundle, in which the table of supervisors asks another one first."""
    topics = {topic: action.parameters() for topic, action in actions.known().items()}
    with db.writing(engine_of(app)) as session:
        files = deployment.files(session, deployment.current(session, 'gz').id)
        table = files['supervisor.dmn'].decode().replace("param('supervision_rule')", 'rule_in_use')
        table = table.replace('<decisionTable', NEEDED, 1).replace('</definitions>', rule)
        deployment.deploy(session, 'gz', files | {'supervisor.dmn': table.encode()}, '省政府办公厅·流程管理员', '分两步', NOW,
                          topics, FACTS)


@pytest.fixture
def graph(app: Flask) -> Flask:
    deploy(app, RULE)
    return app


def test_the_page_draws_every_table_of_a_decision(graph: Flask, browse: Browse) -> None:
    page = browse('gz-office-owner').get('/process/table/supervisor')
    captions = page.texts('//caption')
    assert captions == ['从上往下，第一行适用的算数', '适用的督办规则：只有一行适用']
    assert '重要的照参数' in page.text


def test_the_trace_tells_what_was_asked_on_the_way(graph: Flask, browse: Browse) -> None:
    matter_id = handled(graph)
    said = browse('gz-office-auditor').get(f'/matter/{matter_id}/trace?kind=fact').text
    assert '第1行：类别=重要 → 适用的督办规则=' in said and '依据：重要的照参数' in said
    assert '第1行：督办规则=' in said and said.index('适用的督办规则') < said.index('第1行：督办规则=')


def test_the_trail_keeps_the_grounds_of_each_decision(graph: Flask) -> None:
    matter_id = handled(graph)
    with db.reading(engine_of(graph)) as session:
        event = session.scalars(select(Event).where(Event.chain == str(matter_id), Event.kind == Kind.DECISION_MADE,
                                                    Event.data.contains('rule_in_use'))).one()
    data = orjson.loads(event.data)
    assert (data['table'], data['rules'][0]['number'], data['inputs']['督办规则']) == ('supervisor', 1, 'office')
    step, = data['needed']
    assert (step['id'], step['value'], step['inputs']) == ('rule_in_use', 'office', {'类别': 'important'})
    assert step['rules'][0] == {'id': 'row_1', 'note': '重要的照参数', 'number': 1,
                                'cells': {'类别': '"important","urgent"'}}


def test_a_case_without_a_row_breaks_the_step_and_names_table_and_values(app: Flask) -> None:
    deploy(app, RULE.replace('"important","urgent"</text></inputEntry>', '"urgent"</text></inputEntry>', 1))
    with pytest.raises(Broken) as caught:
        handled(app)
    broken = caught.value
    assert broken.cause == '决策表“适用的督办规则”没有一行适用：类别是“important”。请给这种情况补一行。'
    assert (broken.element, broken.values) == ('find_supervisor', {'类别': 'important'})
    assert broken.advice == '给决策表补一行兜底的规则后重试'


def test_a_table_is_tried_with_values_of_ones_own(browse: Browse) -> None:
    owner = browse('gz-office-owner')
    owner.get('/process/table/verification_mode')
    page = owner.get(owner.page.one('//a[contains(text(), "试一试")]/@href'))
    assert page.texts('//form[@method="get"]//label') == ['重点事项', '类别', '在哪一天问']
    assert not page.all('//tr[@class="ok"]') and '常规' in page.one('//table').text_content(), 'nothing was asked yet'
    page = owner.get('/process/table/verification_mode/try?v.key_matter=false&v.matter_class=routine&day=2020-09-27')
    [hit] = page.texts('//tr[@class="ok"]')
    assert '适用' in hit and '不符合' not in hit, 'the row that applies'
    others = page.texts('//table[@class="decision"]/tbody/tr[not(@class)]')
    assert others and all('✗ 不符合' in row for row in others), 'and why the others do not, cell by cell'
    assert page.one('//select[@name="v.matter_class"]/option[@selected]/@value') == 'routine'


def test_what_a_table_cannot_answer_is_said_in_a_sentence(browse: Browse) -> None:
    owner, path = browse('gz-office-owner'), '/process/table/proposed_grade/try?day=2020-09-27'
    for values, sentence in (('v.level=many', '要填数字，您填的是many'), ('v.due_at=soon', '要填日期')):
        assert sentence in owner.get(f'{path}&{values}').text
    assert '要写成年月日' in owner.get('/process/table/proposed_grade/try?day=soon').text
    page = owner.get('/process/table/escalation_level/try?day=2020-09-27&v.notice_level=9')
    assert '没有一行适用' in page.text and '✗ 不符合' in page.text
    owner.get('/process/table/nothing/try', status=404)


def test_a_table_that_asks_another_one_says_what_it_asked_first(graph: Flask, browse: Browse) -> None:
    page = browse('gz-office-owner').get('/process/table/supervisor/try?day=2020-09-27&v.matter_class=routine'
                                         '&v.leader_post=gov/principal&v.supervisor_unit=office')
    assert '先问了“适用的督办规则”' in page.text and page.all('//tr[@class="ok"]')
    assert '类别' in page.texts('//form[@method="get"]//label')


def test_the_table_of_a_draft_is_tried_and_nobody_elses(browse: Browse) -> None:
    owner = browse('gz-office-owner')
    owner.get('/draft')
    owner.submit({'name': '稿'}, press='起一稿')
    path = '/process/table/verification_mode/try?draft=1'
    assert '草稿：稿' in owner.get(path).text
    browse('cz-office-owner').get(path, status=404)
    assert '草稿' not in browse('gz-office-auditor').get(path).text, 'who draws nothing sees what is in use'
