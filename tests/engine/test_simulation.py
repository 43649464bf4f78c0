"""Simulations: as the product would do it, on a database of their own, forwards and back."""
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, select

from engine import db, proof, simulation, worker
from engine.errors import Conflict, Refused, Undeployable
from engine.history import Event
from engine.ledger import CoUnit
from engine.simulation import Act, Crew, Ground, Simulation, act, kept, state, story
from engine.simulation.state import days
from engine.story import value
from tests.engine.desk import ask
from tests.engine.diagrams import boundary, chain, end, form, line, timer
from tests.workflows.story import Teller, bundle_files, lines, moment, office

FILES, DAY, END = bundle_files(), moment('2026-03-02'), moment('2026-12-31')
OFFICER = 'office/officer'
MATTER = {'title': '清理地方性法规', 'lead_unit': 'fgw', 'due_at': '2026-04-30', 'matter_class': 'important'}
NOBODY_WORKS = {'register': MATTER, 'handle': None, 'report': None}


@pytest.fixture(scope='module')
def ground() -> Ground:
    """贵州省 of the demo."""
    return simulation.demo('gz', FILES)


@pytest.fixture
def run(ground: Ground) -> Iterator[Simulation]:
    """An empty run on the shipped files."""
    with Simulation(ground, DAY, FILES) as made:
        yield made


def play(run: Simulation, script: Any = NOBODY_WORKS, chance: Random | None = None, until: Any = END,
         most: int = 500) -> Crew:
    """Everybody plays."""
    crew = Crew(run, script, chance)
    crew.begin('matter', OFFICER)
    for _ in crew.play(until, most):
        pass
    return crew


def told(run: Simulation) -> list[tuple]:
    """What happened, without the numbers that are different every time."""
    return [(one.act, one.at, one.kind, one.actor, one.process, one.element, one.summary) for one in run.happenings]


# -- as the product would --------------------
@pytest.mark.parametrize('seed', [None, 5], ids=['usual', 'random'])
def test_a_run_told_as_a_story_to_a_real_database_is_the_same(
        run: Simulation, engine: Engine, tmp_path: Path, seed: int | None) -> None:
    play(run, NOBODY_WORKS if seed is None else {}, seed and Random(seed), moment('2026-06-30'), 60)
    path = tmp_path / 'run.story'
    path.write_text(story(run, '试运行'))
    teller = Teller(engine, path)
    teller.tell()
    with db.reading(engine) as session:
        events = session.scalars(select(Event).where(Event.chain == str(teller.matter))).all()
    real = Counter((one.at, one.kind, one.process, one.element, one.summary) for one in events)
    assert real == Counter((one.at, one.kind, one.process, one.element, one.summary) for one in run.happenings)
    assert len(events) > 20 and teller.rules


def test_nobody_works_and_the_ladder_is_climbed(run: Simulation) -> None:
    play(run)
    found = state(run)
    assert (found.matter['lamp'], found.matter['level']) == ('red', 2)
    assert {'督办', '催办'} <= {row['kind'] for row in found.notices if row['state'] == 'issued'}
    assert found.tokens['matter'] and not found.finished and not found.incidents
    assert [row['element'] for row in found.tasks if row['process'] == 'matter'] == ['handle']


def test_a_draft_with_another_parameter_shows_the_other_deadline(ground: Ground) -> None:
    found = {}
    for days_before, files in ((3, FILES), (10, {**FILES, 'parameters.dmn': with_warning_days(10)})):
        with Simulation(ground, DAY, files) as run:
            play(run, until=moment('2026-03-20'))
            found[days_before] = next(row['due_at'] for row in state(run).deadlines if row['element'] == 'warning_due')
            assert state(run).parameters['warning_days'] == days_before
    assert found[10] < found[3]


def with_warning_days(count: int) -> bytes:
    """The shipped table of parameters with another number of days."""
    head, sign, tail = FILES['parameters.dmn'].decode().partition('"warning_days"')
    return (head + sign + tail.replace('<text>3</text>', f'<text>{count}</text>', 1)).encode()


def test_a_government_of_the_product_is_copied_and_nothing_of_it_is_written(engine: Engine) -> None:
    office(engine, 'gz', moment('2020-05-07'))
    before = fingerprint(engine)
    with db.reading(engine) as session:
        ground = simulation.copied(session, 'gz')
    assert set(ground.files) == set(FILES) and ground.parameters['level_1_points'] == 0
    with Simulation(ground, DAY, ground.files) as run:
        play(run)
        assert run.happenings
    assert fingerprint(engine) == before
    assert not any(row.get('password_hash', '!') != '!' for _, rows in ground.rows for row in rows)


def fingerprint(engine: Engine) -> str:
    """Every row of every table."""
    total = sha256()
    with db.reading(engine) as session:
        for table in db.Base.metadata.sorted_tables:
            for row in sorted(map(repr, session.execute(select(table)))):
                total.update(row.encode())
    return total.hexdigest()


# -- forwards and back --------------------
def test_what_is_taken_back_has_not_happened_and_happens_again(run: Simulation) -> None:
    play(run, most=12)
    whole, acts = told(run), list(run.acts)
    run.back(5)
    assert run.acts == acts[:-5] and told(run) == [one for one in whole if one[0] < len(acts) - 5]
    for one in acts[-5:]:
        run.do(one)
    assert Counter(told(run)) == Counter(whole)


def test_acts_are_plain_values_and_are_read_again(run: Simulation) -> None:
    play(run, most=6)
    assert [act.read(one.as_data()) for one in run.acts] == run.acts
    for nonsense in ({}, {'verb': 'eat'}, {'verb': 'until'}, {'verb': 'until', 'at': '', 'more': 1}):
        with pytest.raises(Refused, match='看不懂'):
            act.read(nonsense)


def test_step_by_step_each_task_and_each_event(run: Simulation) -> None:
    run.start('matter', OFFICER, 'usual', told=MATTER)
    [approve] = run.tasks()
    assert approve.element == 'approve'
    assert run.next_at() and run.next() and run.tasks()
    with pytest.raises(Refused, match='批示'):
        run.complete(approve.id, {'approval': 'nothing of the kind'})
    run.complete(approve.id)
    assert [task.element for task in run.tasks()] == ['sign']
    with pytest.raises(Refused, match='时钟只能往前走'):
        run.until(DAY)
    with pytest.raises(Refused, match='一次只试一件事'):
        run.start('matter', OFFICER, 'usual')
    with pytest.raises(Conflict, match='不等'):
        run.do(Act('complete', {'element': 'approve', 'post': 'gov/deputy', 'token': {}, 'answers': {}}))
    assert [one.verb for one in run.acts] == ['start', 'until', 'complete'], 'what is refused does not count'


def test_the_calendar_shows_days_off_and_what_falls_due(run: Simulation) -> None:
    play(run, until=moment('2026-03-20'))
    shown = {str(day.day): day for day in days(run, state(run))}
    assert shown['2026-03-02'].working and not shown['2026-03-21'].working
    assert any(day.due for day in shown.values())


# -- what can go wrong --------------------
def test_a_draft_that_the_gate_refuses_is_not_tried(ground: Ground) -> None:
    broken = FILES['matter.bpmn'].replace(b'camunda:formRef="approve"', b'camunda:formRef="nowhere"')
    with pytest.raises(Undeployable):
        Simulation(ground, DAY, {**FILES, 'matter.bpmn': broken})


def test_nobody_knows_the_post_or_the_process(run: Simulation) -> None:
    with pytest.raises(Refused, match='没有“moon/king”这个岗位'):
        run.start('matter', 'moon/king')
    with pytest.raises(Refused, match='没有叫“dance”的流程；有：.*matter'):
        run.start('dance', OFFICER)
    with pytest.raises(Refused, match='没有代码为“xx”的政府'):
        simulation.demo('xx', FILES)


def test_a_unit_that_is_named_twice_among_the_shares_has_the_later_date(run: Simulation) -> None:
    shares = [{'unit': 'sft', 'co_due_at': '2026-04-10'}, {'unit': 'sft', 'co_due_at': '2026-04-20'}]
    run.start('matter', OFFICER, 'usual', told={
        **MATTER, 'co_units': ['sft'], 'co_duty': '会同审查', 'co_due_at': '2026-04-15', 'co_shares': shares})
    with db.reading(run.engine) as session:
        assert [str(row.co_due_at) for row in session.scalars(select(CoUnit))] == ['2026-04-20']


def named(ground: Ground, tenant: str) -> Ground:
    """The same government of another id, as one that is not of the demo."""
    rows = tuple((table, [{column: tenant if value == ground.tenant_id else value for column, value in row.items()}
                          for row in rows]) for table, rows in ground.rows)
    return replace(ground, tenant_id=tenant, rows=rows, demo=False)


@pytest.mark.parametrize('tenant', ['gz', 'liangdu'])
def test_a_run_in_ones_own_government_is_a_story_that_holds(ground: Ground, tenant: str) -> None:
    """Also in one that the demo does not know; of one that it knows, in the demo's."""
    ground = named(ground, tenant)
    with Simulation(ground, DAY, FILES) as run:
        run.start('matter', OFFICER, 'usual')
        run.next()
        told = story(run)
    assert f'政府 {tenant} 2026' in told
    outcome, = proof.prove(FILES | {'own.story': told.encode()}, proof.grounds(FILES, ground))
    assert outcome.holds, outcome


@pytest.mark.parametrize('said', [
    True, False, None, 3, -2, 0.5, '照例', '12', '1.5', '是', '现在', 'a # b', '两行\n第二行', ' 空 ', '', '"引"', '[1', ['a', 'b'],
    [{'task': '#1', 'n': None}]], ids=repr)
def test_every_value_comes_through_a_line_of_a_story(tmp_path: Path, said: Any) -> None:
    path = tmp_path / 'one.story'
    path.write_text(f'立项 office/officer\n  name = {value(said)}\n')
    [(_, _, answers)] = lines(path)
    assert answers == {'name': said}


def test_a_draft_that_rings_without_end_is_stopped_and_the_run_stays_as_it_was(ground: Ground) -> None:
    ringing = line(ask('wait'), boundary('rings', 'wait', timer('cycle', '${"R/PT1M"}'), stops=False), end('off'),
                   chain('rings', 'off'), between=('wait',))
    files = {'p.bpmn': ringing, 'f.form': form('f', 'answer', 'other'), 'parameters.dmn': FILES['parameters.dmn']}
    with Simulation(ground, DAY, files, rounds=30) as run:
        run.start('p', OFFICER)
        with pytest.raises(Refused, match='响个不停'):
            run.until(moment('2026-03-20'))
        assert run.now == DAY and len(run.acts) == 1 and [task.element for task in run.tasks()] == ['wait']
        assert run.next() and run.now > DAY
        run.complete(run.tasks()[0].id)
        assert state(run).finished and not run.next()


def test_sixty_days_are_few_rounds_of_the_worker(run: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = []
    tick = worker.tick
    monkeypatch.setattr(worker, 'tick', lambda *given: rounds.append(1) or tick(*given))
    play(run, until=moment('2026-05-01'))
    assert len(run.acts) < 20 and len(rounds) < 100


def test_a_run_stays_open_between_two_looks_and_goes_on_where_it_was(ground: Ground) -> None:
    begun = []

    def make() -> Simulation:
        begun.append(Simulation(ground, DAY, {'p.bpmn': line(ask('a'), between=('a',)),
                                              'f.form': form('f', 'answer', 'other'),
                                              'parameters.dmn': FILES['parameters.dmn']}))
        return begun[-1]
    with kept('one', [], make) as (run, refusal):
        run.start('p', OFFICER)
        acts = list(run.acts)
    with kept('one', acts, make) as (again, refusal):
        assert again is run and refusal is None and len(begun) == 1
    with kept('one', [], make) as (back, refusal):
        assert back is not run and back.acts == [], 'who goes back begins anew'
    lost = Act('complete', {'element': 'gone', 'post': OFFICER, 'token': {}, 'answers': {}})
    with kept('one', [*acts, lost, *acts], make) as (left, refusal):
        assert left.acts == acts and '现在不等' in str(refusal), 'it stands before what can no longer be done'
    for number in range(5):
        with kept(number, [], make):
            pass
    with kept('one', acts, make) as (new, _refusal):
        assert new is not left, 'the oldest is forgotten'
