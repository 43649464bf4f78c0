"""Stories: read by one table of lines, told in memory, and what they reach of the drawings."""
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from engine import coverage, db, deployment, parameter, proof, publication, simulation, story
from engine.coverage import Marks
from engine.directory import Tenant
from engine.errors import Refused
from engine.history import SYSTEM
from engine.proof import FAILED, HELD, UNTOLD, Outcome
from engine.simulation.ground import memory
from tests.engine.desk import ask
from tests.engine.diagrams import boundary, bpmn, chain, end, flow, form, start, table, timer, xor
from tests.engine.test_command_line import Shell
from tests.workflows.story import STORIES, bundle_files

SHIPPED = bundle_files()
USUAL = next(path.read_bytes() for path in STORIES if path.stem == story.USUAL)
HEAD = '故事 一件事\n依据 P01-30\n政府 gz 2020-05-07\n'
REGISTERED = f'{HEAD}立项 office/officer 照例\n'


STAGE = proof.Stage(SHIPPED, proof.grounds(SHIPPED))


def told(text: str, stage: proof.Stage = STAGE) -> Outcome:
    """One story told on the shipped files, or on others."""
    usual = proof.usual_of([story.read(USUAL, 'usual.story')])
    return proof.tell(stage, story.read(text.encode(), 'one.story'), usual)


# -- the grammar --------------------
@pytest.mark.parametrize('form', story.FORMS, ids=lambda form: form.id)
def test_the_example_of_a_line_is_read_as_that_line(form: story.Form) -> None:
    read = story.read(form.example.encode(), 'one.story')
    assert [line.form for line in read.lines] == [form] and not read.problems
    assert any(form.told() in line for line in story.document())


def test_comments_blanks_and_answers() -> None:
    text = '# 说明\n\n办  fgw/liaison   plan 照例   # 再说明\n\u3000note = 第 3 项\n  n = -1.5\n  all = ["a", "b"]\n'
    read = story.read(text.encode(), 'a.story')
    line, = read.lines
    assert (line.number, line.usual, dict(line.parts)) == (3, True, {'post': 'fgw/liaison', 'step': 'plan'})
    assert line.told == {'note': '第 3 项', 'n': -1.5, 'all': ['a', 'b']}


@pytest.mark.parametrize(('content', 'sentence'), [
    (b'\xff\xfe', '不是UTF-8文字（第1行）'), ('故事 好\n'.encode() + b'\xc3(', '（第2行）'), (b'x' * 1_000_000, '太长：1000 kB'),
    (b'\n' * 3000, '有3001行'), (b'\0', '')])
def test_what_is_no_story_is_one_sentence(content: bytes, sentence: str) -> None:
    if sentence:
        with pytest.raises(Refused, match=sentence):
            story.read(content, 'a.story')
    else:
        assert story.read(content, 'a.story').problems


# -- telling --------------------
def test_a_story_that_holds() -> None:
    outcome = told(f'{REGISTERED}看 待办 sign fgw/liaison\n看 lamp = green\n看 轨迹完整\n')
    assert outcome.holds and outcome.title == '一件事' and {line.state for line in outcome.lines} == {HELD}
    assert 'matter register' in outcome.marks.nodes and outcome.marks.flows and outcome.marks.rows


def test_what_is_not_seen_is_said_and_the_story_goes_on() -> None:
    outcome = told(f'{REGISTERED}看 lamp = red\n看 无待办 sign\n看 status = open\n')
    assert [line.state for line in outcome.lines[-3:]] == [FAILED, FAILED, HELD]
    assert (outcome.failed.number, outcome.failed.expected, outcome.failed.found) == (5, 'lamp = red', 'lamp = green')
    assert outcome.lines[-2].found == '现在等着办的是sign fgw/liaison'


SIGHTS = [('看 待办 plan', '“plan”等人办'), ('看 应办 sign 2020-01-01', '应在2020-01-01'),
          ('看 期限 matter.day_1 2020-01-01', '2020-01-01'),
          ('看 无期限 escalation.warning_due', '没有期限'), ('看 响过 overdue 1次', '0次'), ('看 提醒 fgw/liaison 没有这样的话', '收到过'),
          ('看 提醒 fgw/liaison 立项 9次', '9次'), ('看 提醒 gov/deputy 立项 代替3次', '没有提醒过'), ('看 通知 督办 draft 1件', '0件'),
          ('看 扣分 fgw 1', '0分'), ('看 在走 escalation 0份', '1份'), ('看 事件 lamp.changed 红', '没有'), ('看 结束', '在走'),
          ('看 文书 立项 2份', '1份'), ('看 文书 立项 1份 月亮', '没有这个词'), ('看 看得到 sft/liaison', '看不到'),
          ('看 看不到 fgw/liaison', '看得到'),
          ('看 nothing = 1', '有叫 nothing')]


def test_every_sight_says_what_it_expected_and_what_it_found() -> None:
    outcome = told(REGISTERED + '\n'.join(line for line, _ in SIGHTS))
    for line, (text, words) in zip(outcome.lines[-len(SIGHTS):], SIGHTS, strict=True):
        assert line.state == FAILED and line.text == text and words in line.why, line
        assert line.expected and line.found


@pytest.mark.parametrize(('line', 'words'), [
    ('办 fgw/nobody sign', '没有“fgw/nobody”这个岗位'), ('办 fgw/liaison plan 照例', '0件'), ('办 sft/liaison sign', '被拒绝'),
    ('不准 fgw/liaison sign', '没有被拒绝'), ('不准 sft/liaison sign 月亮', '拒绝的话里有“月亮”'), ('消息 nothing', '没有流程在听'),
    ('开 fgw/liaison nothing', '没有叫“nothing”'), ('参数 nothing = 1', '没有叫“nothing”的参数'), ('改 nothing = 1 因 x', '台账没有'),
    ('过 3个工作日\n日 2020-05-08', '时钟只能往前走')])
def test_an_act_that_fails_ends_the_story(line: str, words: str) -> None:
    outcome = told(f'{REGISTERED}{line}\n看 轨迹完整\n')
    assert words in outcome.failed.why
    assert outcome.lines[-1].state == UNTOLD


@pytest.mark.parametrize(('text', 'words'), [
    ('故事 x\n立项 office/officer\n', '要写明在哪个政府'), ('故事 x\n政府 nowhere 2020-05-07\n', '没有代码为“nowhere”的政府'),
    (HEAD + '做 什么\n', '看不懂'), (HEAD + '日 2099-01-01\n', '讲不完'), (HEAD + '看 lamp = red\n', '还没有立项')])
def test_a_story_that_cannot_be_begun_is_one_sentence(text: str, words: str) -> None:
    outcome = told(text)
    assert words in outcome.failed.why and not outcome.holds


def test_a_story_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof.Teller.__init__, '__defaults__', (20,))
    files = {'matter.bpmn': rings_every_minute(), 'f.form': form('f', 'answer', 'other'),
             'parameters.dmn': SHIPPED['parameters.dmn']}
    outcome = told(f'{HEAD}立项 office/officer\n日 2020-06-07\n', proof.Stage(files, proof.grounds(files)))
    assert '故事讲不完：定时器响个不停' in outcome.failed.why


def rings_every_minute() -> bytes:
    """A lifecycle that stands at a task with a reminder each minute."""
    often = boundary('rings', 'wait', timer('cycle', '${"R/PT1M"}'), stops=False)
    drawn = bpmn(start(), ask('first'), ask('wait'), often, end('off'), end(), chain('begin', 'first', 'wait', 'done'), chain('rings', 'off'), ident='matter')
    stages = ('<bpmn:extensionElements><camunda:properties><camunda:property name="stages" value="一"/>'
              '</camunda:properties></bpmn:extensionElements>').encode()
    head, mark, tail = drawn.partition(b'<bpmn:startEvent')
    return head + stages + mark + tail


def test_without_usual_answers_the_form_is_filled_in_the_simplest_way() -> None:
    given = {**SHIPPED, 'one.story': f'{REGISTERED}  due_at = 2020-09-30\n  lead_unit = fgw\n看 lead_unit = fgw\n'.encode()}
    outcome, = proof.prove(given, proof.grounds(given))
    assert outcome.holds, outcome.failed


def test_a_government_of_ones_own_is_told_of_as_it_stands() -> None:
    ground = simulation.demo('gz', SHIPPED)
    own = simulation.Ground('my', '我县', ground.zone, ground.day, tuple(
        (rows[0], [{name: 'my' if value == 'gz' else value for name, value in row.items()} for row in rows[1]])
        for rows in ground.rows), SHIPPED)
    given = {**SHIPPED, 'usual.story': USUAL, 'one.story': REGISTERED.replace('gz', 'my').encode()}
    outcome, = proof.prove(given, proof.grounds(given, own))
    assert outcome.holds, outcome.failed


# -- coverage --------------------
FILES = {'p.bpmn': bpmn(start(), ask('a'), xor('g', default='no'), end(), end('other'), chain('begin', 'a', 'g'),
                        flow('g', 'done', "${answer == 'yes'}", id='yes'), flow('g', 'other', id='no')),
         'f.form': form('f', 'answer'), 't.dmn': table('t', ('level',), ('grade',), ('1', '"A"'), ('-', '"B"'))}


def test_what_was_not_reached_is_named() -> None:
    bundle = deployment.read(FILES)
    marks = Marks(frozenset({'p a'}), frozenset({'p begin__a', 'p a__g', 'p no'}), frozenset({'t 2'}))
    found = coverage.measured(bundle, marks)
    assert found.nodes['p'].missing == ('done',) and found.flows['p'].missing == ('yes',)
    assert found.rows['t'].missing == ('1',)
    assert (found.total('nodes').reached, found.whole.total) == (4, 11) and found.whole.percent == 72
    assert set(found.walk('p')['nodes']) == {'begin', 'a', 'g', 'other'}
    assert found.walk('p')['flows'] == ['a__g', 'begin__a', 'no']


@pytest.fixture
def limited() -> Any:
    """A government that publishes only what its stories reach by half."""
    made = memory()
    with db.writing(made) as session:
        simulation.demo('gz', SHIPPED).lay(session, datetime.fromisoformat('2020-05-07T09:00:00+08:00'))
        publish(session, SHIPPED)
        bundle = deployment.bundle(session, deployment.current(session, 'gz').id)
        parameter.change(session, 'gz', 'coverage_minimum', 50, SYSTEM, bundle)
    yield made
    made.dispose()


def publish(session: Any, files: dict[str, bytes]) -> int:
    """A new version of 贵州; its number."""
    return publication.publish(session, session.get(Tenant, 'gz'), files, SYSTEM, '').number


def test_a_version_is_refused_below_the_limit_that_the_government_sets(limited: Engine) -> None:
    files = {**SHIPPED, 'one.story': REGISTERED.encode()}
    key, bundle = deployment.digest(files), deployment.read(files)
    flows = frozenset(f'{name} {one}' for name, drawn in bundle.processes.items() for one in drawn.flows)
    every = Marks(frozenset(), flows)
    for marks, failed, sentence in ((None, None, '还有1个故事没有跑'), (Marks(), (5, '不对'), '有1个故事不成立，没有发布：one.story'),
                                    (Marks(), None, '故事只走到0%'), (every, None, '')):
        with db.writing(limited) as session:
            if marks is not None:
                coverage.keep(session, 'gz', key, 'one.story', marks, failed)
            if sentence:
                with pytest.raises(Refused, match=sentence):
                    publish(session, files)
                session.rollback()
                if marks is not None:
                    session.connection()
            else:
                assert publish(session, files) == 2


# -- the command --------------------
def test_the_command_tells_the_stories_of_a_draft(
        tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('DATABASE_URL', f'sqlite:///{tmp_path}/none.sqlite3')
    duban = Shell(capsys, monkeypatch)
    root = Path(__file__).resolve().parents[2]
    (tmp_path / 'good.story').write_text(f'{REGISTERED}看 lamp = green\n')
    (tmp_path / 'bad.story').write_text(f'{REGISTERED}看 lamp = red\n')
    named = ('--story', 'good', '--story', 'bad.story', '--tenant', 'gz')
    said = duban('test', str(root / 'workflows'), str(root / 'forms'), str(tmp_path), *named, '--coverage')
    assert duban.code == 1 and '✓ good.story 一件事' in said and '✗ bad.story' in said, duban.err
    assert '第5行 看 lamp = red' in said and '应是lamp = red，实际是lamp = green' in said and '2个故事，1个不成立' in said
    assert '覆盖率' in said and '没有走到：' in said
    found = duban.json('test', str(tmp_path), '--story', 'good', '--tenant', 'gz', '--coverage')
    assert duban.code == 0 and found['stories'][0]['holds'] and 0 < found['coverage']['percent'] < 100
    alone = duban.json('test', '--story', str(tmp_path / 'good.story'), '--tenant', 'gz')
    assert [one['story'] for one in alone['stories']] == ['good.story']           # the file itself, not one in use
    assert '没有叫“nothing”的故事' in duban.refused('test', '--story', 'nothing', '--tenant', 'gz')
