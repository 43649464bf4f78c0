"""The demo: five governments on their first day, their 34 matters in every stage, all of it on a whole trail."""
import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from engine import clock, db, demo, directory, history, incident, instance
from engine.actions.notice import Notice
from engine.directory import Account, Tenant
from engine.errors import Invalid
from engine.history import Actor
from engine.ledger import Matter
from engine.usertask import UserTask
from tests.databases import postgresql_programs

pytestmark = pytest.mark.xdist_group('demo')        # one process has what its tests share
ROOT = Path(__file__).resolve().parents[2]
FILES = {path.name: path.read_bytes() for folder in ('workflows', 'forms') for path in sorted((ROOT / folder).iterdir())
         if path.suffix in ('.bpmn', '.dmn', '.form', '.docx')}
ROWS = list(csv.DictReader((ROOT / 'engine' / 'demo' / 'matters.csv').read_text(encoding='utf-8').splitlines()))
DATABASES = ['sqlite'] + (['postgresql'] if postgresql_programs() else [])


@pytest.fixture(scope='module', params=DATABASES)
def loaded(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, demo.Loaded]]:
    """The demo, loaded once on each kind of database."""
    server = request.getfixturevalue(f'_{request.param}')
    url = server.fresh(ready=True)
    engine = db.connect(url)
    yield engine, demo.load(engine, FILES)
    engine.dispose()
    server.drop(url)


@pytest.fixture
def session(loaded: tuple[Engine, demo.Loaded]) -> Iterator[Session]:
    with db.reading(loaded[0]) as session:
        yield session


def matter(session: Session, tenant: str, code: str) -> Matter:
    return session.scalars(select(Matter).where(Matter.tenant == tenant, Matter.code == code)).one()


def waiting(session: Session, about: Matter) -> dict[str, UserTask]:
    return {task.element: task for task in session.scalars(
        select(UserTask).where(UserTask.matter_id == about.id, UserTask.state == 'open'))}


def test_every_government_stands_on_its_first_day(session: Session) -> None:
    here = {tenant.id: clock.now(tenant).astimezone(clock.zone(tenant.zone)).strftime('%Y-%m-%d %H:%M')
            for tenant in session.scalars(select(Tenant))}
    assert here == {'gz': '2020-05-07 09:00', 'cz': '2022-01-29 09:00', 'zs': '2013-04-26 09:00',
                    'ms': '2022-04-01 09:00', 'xs': '2017-06-01 09:00'}


def test_all_34_matters_are_there_one_for_each_unit(session: Session, loaded: Any) -> None:
    titles = set(session.scalars(select(Matter.title)))
    assert len(ROWS) == 34 and titles == {row['title'] for row in ROWS}
    assert session.scalar(select(func.count()).select_from(Matter)) == loaded[1].matters == 72
    leads = list(session.scalars(
        select(Matter.lead_unit).where(Matter.code.like('DB-2020-001-%')).order_by(Matter.code)))
    assert leads == ['city_a', 'city_b', 'city_c', 'dept_a', 'dept_b', 'dept_c']


def test_it_is_a_living_office(session: Session) -> None:
    elements = Counter(session.scalars(select(UserTask.element).where(UserTask.state == 'open')))
    assert {'register', 'approve', 'sign', 'plan', 'handle', 'co_sign', 'co_report', 'report', 'draft'} <= set(elements)
    assert elements['handle'] > 30 and elements['register'] == 4
    lamps = Counter(session.scalars(select(Matter.lamp)))
    assert lamps['red'] == 1 and lamps['yellow'] > 3 and lamps['green'] > 50
    assert not incident.open_incidents(session)


def test_what_a_document_does_not_say_is_marked(session: Session) -> None:
    assert '“等部门”未列名' in matter(session, 'gz', 'DB-2020-005').assumed
    assert all(session.scalars(select(Matter.assumed)))


@pytest.mark.parametrize('tenant, code, missing', [
    ('ms', 'DB-2022-008', {'due_at', 'lead_unit'}), ('ms', 'DB-2022-004', {'lead_unit'}),
    ('gz', 'DB-2020-008', {'due_at'}), ('xs', 'DB-2017-001', {'due_at'})])
def test_a_draft_without_lead_unit_or_deadline_is_refused(session: Session, tenant: str, code: str,
                                                          missing: set) -> None:
    draft = matter(session, tenant, code)
    assert draft.status == 'draft' and draft.title
    task = waiting(session, draft)['register']
    kept = {name: getattr(draft, name) for name in (
        'source', 'basis', 'title', 'requirement', 'evidence', 'matter_class', 'lead_unit', 'leader_post')}
    answer = {**{name: value for name, value in kept.items() if value}, 'received_at': '2020-05-07T08:40:00+08:00',
              'has_basis': True}
    if draft.due_at:
        answer['due_at'] = draft.due_at.isoformat()
    officer = Actor('督查员', task.unit, task.post)
    with pytest.raises(Invalid) as refused:
        instance.complete(session, task.id, officer, answer)
    assert set(refused.value.fields) == missing


def test_relative_deadlines_are_counted_on_the_working_calendar(session: Session) -> None:
    two_after_a_thursday, five_over_qingming = date(2017, 6, 5), date(2022, 4, 11)
    assert matter(session, 'xs', 'DB-2017-004-01').due_at == two_after_a_thursday
    assert matter(session, 'ms', 'DB-2022-009').due_at == five_over_qingming


def test_the_matter_that_began_in_january_is_red_and_its_notice_drafted(session: Session) -> None:
    late = matter(session, 'ms', 'DB-2022-006')
    assert (late.lamp, late.status, late.stage) == ('red', 'open', '承办')
    assert [(notice.kind, notice.state) for notice in session.scalars(
        select(Notice).where(Notice.matter_id == late.id, Notice.level == 1))] == [('督办', 'draft')]
    assert {'handle', 'report', 'draft'} <= set(waiting(session, late))
    fired = [event.at for event in history.events(session, str(late.id)) if event.kind == 'timer.fired']
    assert [f'{at.astimezone(clock.zone()):%m-%d %H:%M}' for at in fired][:2] == ['03-28 09:00', '03-31 09:00']


def test_where_the_rules_want_a_bulletin_each_quarter_its_draft_waits_on_the_first_working_day(session: Session) -> None:
    """P06-02 P06-08"""
    query = select(UserTask).where(UserTask.process == 'bulletin')
    (task,) = session.scalars(query)
    assert (task.tenant, task.element, task.unit, task.post) == ('ms', 'draft', 'office', 'officer')
    assert f'{task.opened_at.astimezone(clock.zone()):%Y-%m-%d %H:%M}' == '2022-04-01 09:00'


def test_the_trail_is_whole(session: Session) -> None:
    verdict = history.verify(session)
    assert verdict.whole and verdict.chains == 78, verdict.fault


def test_every_post_has_an_account_and_comes_in(session: Session, loaded: Any) -> None:
    for tenant in session.scalars(select(Tenant)):
        assert directory.warnings(session, tenant.id, clock.now(tenant).date()) == []
    account = session.scalars(select(Account).where(Account.login == 'gz-fgw-liaison')).one()
    assert directory.check_password(account, loaded[1].password)
    assert any('gz-fgw-liaison' in line for line in loaded[1].lines())


def test_the_next_matter_gets_the_next_number(loaded: tuple[Engine, demo.Loaded]) -> None:
    engine = loaded[0]
    officer = Actor('省政府办公厅·督查员', 'office', 'officer')
    plan = db.carry_out(engine, lambda session: instance.start(session, 'gz', 'matter', officer))
    with db.reading(engine) as session:
        assert session.get(Matter, plan.matter_id).code == 'DB-2020-016'
