"""Backtests: the same rules bring the same history back; others bring what they change, and say what is assumed."""
import csv
import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, update

from engine import clock, db, history, intervention, simulation
from engine.__main__ import main
from engine.backtest import crew, order, past, result, sample, setting, sheet, table
from engine.backtest.difference import ASPECTS
from engine.backtest.replay import Outcome, Replay
from engine.backtest.stage import Scene, Stage
from engine.backtest.table import Backtest, Replayed
from engine.directory import Tenant
from engine.errors import Conflict, NotFound, Refused, Undeployable
from engine.history import Event, Kind
from engine.ledger import Matter
from tests.databases import Sqlite
from tests.engine import diagrams
from tests.engine.past import OWNER, Year, spring, until
from tests.faults.case import TENANT, Case
from tests.workflows.story import STORIES, Teller, bundle_files, moment, office

pytestmark = pytest.mark.xdist_group('backtest')        # one process has what its tests share
FILES = bundle_files()
TOLD = ('corrected', 'ladder_to_the_top', 'late_without_worker')
"""Stories of three kinds: corrections, notices up the ladder, sleeping workers. The rest is soak."""


def replayed(engine: Engine, tenant_id: str, files: Mapping[str, bytes] | None = None) -> list[Outcome]:
    """Every matter of a government, replayed under its own files or others."""
    with db.reading(engine) as session:
        now = clock.now(session.get(Tenant, tenant_id))
        keys = session.scalars(select(Matter.id).where(Matter.tenant == tenant_id)).all()
        pasts = past.read(session, tenant_id, keys, now)
        begin, changes = min(one.begun_at for one in pasts), setting.changes(session, tenant_id, now)
        ground = setting.as_of(session, simulation.copied(session, tenant_id), changes, begin)
    with Scene(ground, files or ground.files, begin) as scene, Stage(scene) as stage:
        return Replay(stage, pasts, [one for one in changes if one.at >= begin]).play(now)


# -- the same rules --------------------
def nothing_differs(engine: Engine, path: Path) -> None:
    teller = Teller(engine, path)
    teller.tell()
    with db.reading(engine) as session:
        tenant_id = session.scalar(select(Matter.tenant).where(Matter.id == teller.matter))
    outcomes = replayed(engine, tenant_id)
    assert outcomes
    for one in outcomes:
        assert one.life[:-1] == one.past.life[:-1]
        # A replay has no outage: what rang once for many rounds then rings in each of them. And its posts are held as
        # they are today: a unit that has lost its liaison since is told of, for it cannot be given work again.
        assert sorted(one.life.lines) == sorted(one.past.life.lines) or '睡到' in path.read_text()
        assert not one.notes or '\n空 ' in path.read_text()


@pytest.fixture
def own(_sqlite: Sqlite) -> Iterator[Engine]:
    """A database of the test's own; what is kept there makes no difference to a replay, so one kind is enough."""
    url = _sqlite.fresh(ready=True)
    engine = db.connect(url)
    yield engine
    engine.dispose()
    _sqlite.drop(url)


@pytest.mark.parametrize('path', [path for path in STORIES if path.stem in TOLD], ids=lambda path: path.stem)
def test_a_story_comes_out_as_it_was_told(own: Engine, path: Path) -> None:
    nothing_differs(own, path)


@pytest.mark.soak
@pytest.mark.parametrize('path', [path for path in STORIES if path.stem not in (*TOLD, 'usual')],
                         ids=lambda path: path.stem)
def test_every_other_story_comes_out_as_it_was_told(own: Engine, path: Path) -> None:
    nothing_differs(own, path)


@pytest.mark.soak
def test_a_year_comes_out_as_it_was(own: Engine) -> None:
    year = Year(own, 60)
    year.live('2020-09-30 12:00')
    for one in replayed(own, TENANT):
        assert one.life[:-1] == one.past.life[:-1] and not one.notes


def test_what_was_done_by_hand_is_done_again(own: Engine) -> None:
    office(own, TENANT, moment('2020-05-07 09:00'))
    stopped, moved = Case.begin(own, due_at='2020-05-29'), Case.begin(own, due_at='2020-05-29')

    def act(case: Case, verb: Callable[..., Any], *given: Any) -> None:
        db.carry_out(own, lambda session: verb(session, case.id, *given, OWNER, '会议纪要'))
    for case in (stopped, moved):
        case.through('sign', 'plan')
    until(own, '2020-05-20 10:00')
    act(stopped, intervention.suspend)
    until(own, '2020-06-03 10:00')
    act(stopped, intervention.resume)
    until(own, '2020-06-05 10:00')
    act(stopped, intervention.cancel)
    with db.reading(own) as session:
        token = next(one.token for one in intervention.standing(session, moved.id, OWNER) if one.element == 'handle')
    db.carry_out(own, lambda session: intervention.put(session, moved.id, token, 'plan', OWNER, '会议纪要'))
    found = {one.past.matter_id: one for one in replayed(own, TENANT)}
    assert found[stopped.id].life[:-1] == found[stopped.id].past.life[:-1] and not found[stopped.id].notes
    assert found[stopped.id].life.result == 'withdrawn' and found[stopped.id].life.first('red')
    assert [(note.kind, note.name) for note in found[moved.id].notes] == [
        ('unused', '把事项移到别的环节'), ('left', '组织承办')]       # 历史上移走了，回放里还等着


# -- other rules --------------------
@pytest.fixture(scope='module')
def told(_sqlite: Sqlite) -> Iterator[tuple[str, dict[str, UUID]]]:
    """The spring of 2020 in a database that is copied for each test, and its matters."""
    url = _sqlite.fresh(ready=True)
    engine = db.connect(url)
    matters = spring(engine)
    engine.dispose()
    yield url, matters
    _sqlite.drop(url)


@pytest.fixture
def copied(told: tuple[str, dict[str, UUID]], _sqlite: Sqlite) -> Iterator[Engine]:
    """A copy of the spring."""
    url = _sqlite.copy(told[0])
    engine = db.connect(url)
    yield engine
    engine.dispose()
    _sqlite.drop(url)


@pytest.fixture
def tried(copied: Engine, told: tuple[str, dict[str, UUID]]) -> Callable[..., dict[str, Any]]:
    """`tried(files)`: a whole backtest of these files in place of the shipped ones, its result, the matters by name."""
    def tried_(changed: Mapping[str, bytes] | None = None, **how: Any) -> dict[str, Any]:
        key = begun(copied, changed, **how)
        assert crew.run(copied, key) == table.DONE
        with db.reading(copied) as session:
            found = result.whole(session, key)
            for one in found['each']:
                one |= result.matter(session, key, UUID(one['id']))
        names = {str(key): name for name, key in told[1].items()}
        return found | {names[one['id']]: one for one in found['each']}
    return tried_


def begun(engine: Engine, changed: Mapping[str, bytes] | None = None, **how: Any) -> int:
    with db.writing(engine) as session:
        return order.begin(session, TENANT, {**FILES, **(changed or {})}, '稿', OWNER, **how).id


def parameters(name: str, old: str, new: str) -> dict[str, bytes]:
    """The shipped table of parameters with another default."""
    head, sign, tail = FILES['parameters.dmn'].decode().partition(f'"{name}"')
    return {'parameters.dmn': (head + sign + tail.replace(f'<text>{old}</text>', f'<text>{new}</text>', 1)).encode()}


def test_the_version_in_use_makes_no_difference(tried: Callable[..., Any]) -> None:
    found = tried()
    assert (found['matters'], found['changed'], found['notes'], found['untold']) == (3, 0, [], 0)
    assert all(row['old'] == row['new'] for row in found['units'])
    assert found['totals']['points'] == {'old': 1, 'new': 1} and found['totals']['red'] == {'old': 1, 'new': 1}


def test_a_warning_two_days_earlier_turns_exactly_these_yellow_and_that_much_earlier(tried: Callable[..., Any]) -> None:
    found = tried(parameters('warning_days', '3', '5'))
    assert [found[name]['changed'] for name in ('close', 'late', 'open')] == [['lamps']] * 3
    assert (found['close']['old']['first']['yellow'], found['close']['new']['first']['yellow']) == (
        None, '2020-06-22T09:00:00+08:00')                             # 30日前5个工作日；25、26日端午放假，28日上班
    assert (found['late']['old']['first']['yellow'], found['late']['new']['first']['yellow']) == (
        '2020-06-16T09:00:00+08:00', '2020-06-12T09:00:00+08:00')
    assert (found['open']['old']['first']['yellow'], found['open']['new']['first']['yellow']) == (
        None, '2020-07-03T09:00:00+08:00')
    assert found['lit']['yellow'] == {'more': 2, 'fewer': 0, 'moved': 1}
    assert found['lit']['red'] == {'more': 0, 'fewer': 0, 'moved': 0} and not found['notes']


def test_half_the_points_for_a_notice(tried: Callable[..., Any]) -> None:
    level = FILES['escalation_level.dmn'].replace(b"param('level_1_points')", b"param('level_1_points') / 2")
    found = tried({'escalation_level.dmn': level})
    assert found['late']['changed'] == ['points'] and found['late']['new']['points'] == {'gxt': 0.5}
    assert [found[name]['changed'] for name in ('close', 'open')] == [[], []]
    row = next(row for row in found['units'] if row['unit'] == 'gxt')
    assert (row['old']['points'], row['new']['points']) == (1, 0.5) and row['new']['rank'] == 3


def test_without_the_notice_the_unit_is_no_longer_last(tried: Callable[..., Any]) -> None:
    level = FILES['escalation_level.dmn'].replace(b"param('level_1_points')", b'0')
    row = next(row for row in tried({'escalation_level.dmn': level})['units'] if row['unit'] == 'gxt')
    assert (row['old']['rank'], row['new']['rank']) == (3, 1)


def test_a_longer_grace_spares_the_notice(tried: Callable[..., Any]) -> None:
    """Overdue ten working days later: the matter was closed by then, so there is no red lamp and no notice."""
    watch = FILES['escalation.bpmn'].replace(b'overdue_at(due_at)', b'workdays(due_at, 10)')
    found = tried({'escalation.bpmn': watch})
    assert 'notices' in found['late']['changed'] and not found['late']['new']['notices']
    assert found['totals']['notices'] == {'old': 1, 'new': 0}
    notes = {(note['kind'], note['element']) for note in found['late']['notes']}
    assert notes >= {('unused', 'draft'), ('unused', 'endorse')}


def with_concurrence() -> dict[str, bytes]:
    """The shipped lifecycle with a step of the office between 签收 and 办理方案, and its form."""
    drawn = FILES['matter.bpmn'].decode()
    drawn = drawn.replace('<bpmn:incoming>sign__plan</bpmn:incoming>', '<bpmn:incoming>concur__plan</bpmn:incoming>')
    drawn = drawn.replace(
        '<bpmn:sequenceFlow id="sign__plan" sourceRef="sign" targetRef="plan"/>',
        '<bpmn:userTask id="concur" name="会签方案" camunda:formRef="concur" camunda:candidateGroups="office/officer">'
        '<bpmn:incoming>sign__plan</bpmn:incoming><bpmn:outgoing>concur__plan</bpmn:outgoing></bpmn:userTask>'
        '<bpmn:sequenceFlow id="sign__plan" sourceRef="sign" targetRef="concur"/>'
        '<bpmn:sequenceFlow id="concur__plan" sourceRef="concur" targetRef="plan"/>')
    return {'matter.bpmn': drawn.encode(), 'concur.form': diagrams.form('concur', 'concur_note')}


def test_a_step_that_nobody_was_ever_asked_is_assumed_and_said(tried: Callable[..., Any]) -> None:
    found = tried(with_concurrence())
    notes = {(note['kind'], note['element']): note for note in found['notes']}
    assert notes['unasked', 'concur']['matters'] == 3 and '假定隔1个工作日照例办' in notes['unasked', 'concur']['said']
    assert notes['moved', 'plan']['matters'] == 3                      # 照例隔一个工作日，方案跟着晚
    assert found['late']['changed'] == [] and len(found['late']['new']['notices']) == 1
    lines = [line[2] for line in found['open']['new']['lines']]
    assert '会签方案' in lines and '会签方案' not in [line[2] for line in found['open']['old']['lines']]


def test_a_step_that_the_new_rules_do_not_have_is_told(copied: Engine, tried: Callable[..., Any]) -> None:
    drawn = FILES['matter.bpmn']
    for name in (b' id', b'sourceRef', b'targetRef', b'attachedToRef', b'bpmnElement'):
        drawn = drawn.replace(name + b'="plan"', name + b'="scheme"')
    drawn = drawn.replace(b'>plan</bpmn:flowNodeRef>', b'>scheme</bpmn:flowNodeRef>')
    kinds = {(note['kind'], note['element']) for note in tried({'matter.bpmn': drawn})['notes']}
    assert {('unasked', 'scheme'), ('gone', 'plan')} <= kinds
    found = tried({'matter.bpmn': drawn}, renamed={'plan': 'scheme'})
    assert not found['notes'] and not found['changed']


def test_a_field_that_nobody_was_ever_asked_is_assumed_and_said(tried: Callable[..., Any]) -> None:
    form = FILES['handle.form'].decode()
    place = form.index('"components": [') + len('"components": [')
    asked = ('{"type": "select", "id": "Field_place", "key": "place", "label": "在哪里办", '
             '"validate": {"required": true}, "values": [{"label": "现场", "value": "site"}, '
             '{"label": "远程", "value": "remote"}]},')
    found = tried({'handle.form': (form[:place] + asked + form[place:]).encode()})
    note = next(note for note in found['notes'] if note['kind'] == 'field')
    assert (note['element'], note['matters']) == ('handle', 2) and '“在哪里办”假定填：现场' in note['said']
    assert not found['changed']


def test_an_answer_that_the_new_form_refuses_is_replaced_and_said(tried: Callable[..., Any]) -> None:
    form = json.loads(FILES['plan.form'])
    note = next(one for one in form['components'] if one.get('key') == 'deploy_note')
    note['validate'] = {**note.get('validate', {}), 'minLength': 60}
    found = tried({'plan.form': json.dumps(form).encode()})
    notes = {(note['kind'], note['element']): note for note in found['notes']}
    assert notes['refused', 'plan']['matters'] == 3 and '改照例填' in notes['refused', 'plan']['said']
    assert not found['changed']


def test_what_the_gate_refuses_is_not_replayed(copied: Engine) -> None:
    with pytest.raises(Undeployable):
        begun(copied, {'matter.bpmn': FILES['matter.bpmn'].replace(b'sourceRef="sign"', b'sourceRef="nobody"')})


# -- the job --------------------
def test_a_backtest_is_kept_and_stands_on_the_trail(engine: Engine) -> None:
    matters = spring(engine)
    key = begun(engine, parameters('warning_days', '3', '5'), size=2)
    assert crew.run(engine, key) == table.DONE
    with db.reading(engine) as session:
        assert table.count(session, key) == len(result.matters(session, key)) == 2
        assert session.get(Backtest, key).made_by == OWNER.name and history.verify(session).whole
    with db.writing(engine) as session:
        assert len(order.extend(session, TENANT, key, OWNER).chosen) == len(matters)
    assert crew.run(engine, key) == table.DONE
    with db.reading(engine) as session:
        assert result.whole(session, key)['matters'] == 3
        kinds = session.scalars(select(Event.kind).where(Event.kind.startswith('backtest'))).all()
    assert kinds == [Kind.BACKTEST_STARTED] * 2


def test_a_backtest_writes_nothing_of_the_matters(copied: Engine, tried: Callable[..., Any]) -> None:
    def count() -> tuple[int, ...]:
        with db.reading(copied) as session:
            return tuple(session.scalar(select(func.count()).select_from(one)) for one in (Matter, Event)) + (
                session.scalar(select(func.sum(Matter.version))),)
    before = count()
    tried(parameters('warning_days', '3', '5'))
    assert count() == (before[0], before[1] + 1, before[2])            # its own beginning


def test_a_stopped_backtest_keeps_what_it_has_and_goes_on_when_asked(
        copied: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, 'SLICE', 1)
    key = begun(copied)

    def stop(done: int, total: int) -> None:
        if done == 1:
            with db.writing(copied) as session:
                order.cancel(session, TENANT, key, OWNER)
    assert crew.run(copied, key, said=stop) == table.CANCELLED
    assert crew.run(copied, key) == table.CANCELLED
    with db.reading(copied) as session:
        assert table.count(session, key) == 1
    with db.writing(copied) as session, pytest.raises(Conflict):
        order.cancel(session, TENANT, key, OWNER)
    with db.writing(copied) as session:
        order.extend(session, TENANT, key, OWNER)
    assert crew.run(copied, key) == table.DONE
    with db.reading(copied) as session:
        assert table.count(session, key) == 3


def test_a_killed_program_is_followed_by_another_that_goes_on(copied: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    key = begun(copied)
    code = ('import os, sys\nfrom engine import db\nfrom engine.backtest import crew\ncrew.SLICE = 1\n'
            f'crew.run(db.connect(sys.argv[1]), {key}, said=lambda done, total: os.kill(os.getpid(), 9))')
    killed = subprocess.run([sys.executable, '-c', code, str(copied.url)], cwd=Path(__file__).parents[2])
    assert killed.returncode == -signal.SIGKILL
    with db.reading(copied) as session:
        assert (session.get(Backtest, key).state, table.count(session, key)) == (table.RUNNING, 1)
        first = session.scalar(select(Replayed.outcome))
    begun_again: list[str] = []
    monkeypatch.setattr(subprocess, 'Popen', lambda command, **_: begun_again.extend(command[3:]))
    crew.Foreman()(copied)
    assert not begun_again                                             # it may be alive: its last sign is fresh
    with db.writing(copied) as session:
        session.execute(update(Backtest).values(beat_at=moment('2020-01-01')))
    for foreman in (crew.Foreman(), crew.Foreman()):                   # two workers look at the same moment
        foreman(copied)
    assert begun_again.count('--resume') == 1
    monkeypatch.setenv('DATABASE_URL', str(copied.url))
    assert main(begun_again) == 0
    with db.reading(copied) as session:
        assert (session.get(Backtest, key).state, table.count(session, key)) == (table.DONE, 3)
        assert first in session.scalars(select(Replayed.outcome)).all()


def test_an_error_of_the_program_ends_the_backtest_with_its_sentence(
        copied: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise OSError('磁盘满了')
    monkeypatch.setattr(crew, 'played', broken)
    key = begun(copied)
    assert crew.run(copied, key) == table.FAILED
    with db.reading(copied) as session:
        assert session.get(Backtest, key).fault == 'OSError: 磁盘满了'


@pytest.mark.parametrize(('how', 'said'), [
    ({'size': 0}, '至少'), ({'since': date(2021, 1, 1)}, '没有交办过的事项'),
    ({'since': date(2020, 6, 1), 'until': date(2020, 5, 1)}, '以后')])
def test_what_cannot_be_replayed_is_refused_with_a_sentence(copied: Engine, how: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        begun(copied, **how)


def test_nobody_sees_the_backtest_of_another_government(copied: Engine) -> None:
    key = begun(copied)
    with db.reading(copied) as session, pytest.raises(NotFound):
        table.find(session, 'cz', key)


# -- the sample --------------------
def test_a_sample_gives_each_unit_its_share_and_is_the_same_for_the_same_seed() -> None:
    found = [(UUID(int=number), 'large' if number < 80 else 'small') for number in range(100)]
    drawn = sample.drawn(found, 10, 3)
    assert [sum(key.int < 80 for key in drawn), len(drawn)] == [8, 10]
    assert drawn == sample.drawn(found, 10, 3) != sample.drawn(found, 10, 4)
    assert sample.drawn(found, 500, 1) == [key for key, _ in found]


# -- taken along --------------------
def test_the_sheet_has_no_formula_and_opens_in_a_spreadsheet(tried: Callable[..., Any]) -> None:
    found = tried(parameters('warning_days', '3', '5'))
    found['each'][0]['title'] = '=HYPERLINK("http://example.cn")'
    text = sheet.of_matters(found['each'], {'fgw': '省发展改革委'})
    assert text.startswith(sheet.BOM)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix(sheet.BOM))))
    assert len(rows) == 3 and rows[0]['事项'].startswith("'=") and rows[0]['不同之处'] == ASPECTS['lamps']
    assert {row['首次黄灯·新规则'] for row in rows} == {
        '2020-06-22 09:00', '2020-06-12 09:00', '2020-07-03 09:00'}
    units = list(csv.DictReader(io.StringIO(sheet.of_units(found['units'], {}).removeprefix(sheet.BOM))))
    assert [row['单位'] for row in units] == ['fgw', 'sft', 'gxt'] and units[2]['扣分·实际'] == '1'
