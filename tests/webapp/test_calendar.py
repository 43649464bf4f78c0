"""日历: the months of a year, changing a day, importing a year; deadlines follow and the trail tells."""
import io
from collections.abc import Callable
from datetime import date, datetime, timezone
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from engine import actions, clock, db, deployment, history
from engine.directory import Tenant
from engine.history import Kind
from engine.job import Job, Timer
from engine.ledger import FACTS
from tests.engine import diagrams
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW
from tests.webapp.matters import engine_of, handled
from tests.workflows.story import bundle_files

Browse = Callable[[str], Browser]


@pytest.fixture
def head(browse: Browse) -> Browser:
    """The head of the supervision office, on the page of the calendar."""
    browser = browse('gz-office-head')
    browser.get('/calendar')
    return browser


def warning(app: Flask, matter_id: UUID) -> datetime:
    """When the matter's lamp turns yellow."""
    with db.reading(engine_of(app)) as session:
        return session.scalars(select(Timer.due_at).where(Timer.matter_id == matter_id,
                                                          Timer.element == 'warning_due')).one()


def begins(app: Flask) -> str:
    """When the next process begins by itself."""
    with db.reading(engine_of(app)) as session:
        due = session.scalars(select(func.min(Job.due_at)).where(Job.kind == 'begin', Job.tenant == 'gz')).one()
    return f'{due.astimezone(clock.zone()):%m-%d %H:%M}'


def told(app: Flask) -> list[history.Event]:
    """The changes of the calendar on the government's chain."""
    with db.reading(engine_of(app)) as session:
        assert history.verify(session, 'tenant:gz').whole
        return history.events(session, 'tenant:gz', kinds=[Kind.CALENDAR_CHANGED])


def change(head: Browser, status: int = 200, **given: str) -> str:
    """Send the form for one day; the page's text."""
    return head.submit({'day': '2020-10-29', 'working': 'off', 'note': '防汛放假', **given},
                       form='//form[contains(@action, "day")]', status=status).text


def test_a_year_shows_what_is_not_as_its_weekday(browse: Browse) -> None:
    page = browse('gz-fgw-liaison').get('/calendar')
    assert page.h1 == '2020年工作日历' and len(page.all('//table[contains(@class, "month")]')) == 12
    october = page.all('//table[contains(@class, "month")]')[9]
    marks = {cell.text: cell.xpath('./b')[0].text for cell in october.xpath('.//td[b]')}
    assert marks == {'1': '休', '2': '休', '5': '休', '6': '休', '7': '休', '8': '休', '10': '班'}
    assert page.one('//td[@aria-current="date"]').text == '27'
    assert '2020-10-10周六上班调休上班' in page.text.replace(' ', '')
    assert not page.all('//main//form')


def test_later_years_are_provisional(browse: Browse) -> None:
    page = browse('gz-office-officer').get('/calendar?year=2099')
    assert '暂定' in page.text and '还没有公布' in page.text and page.h1 == '2099年工作日历'
    assert browse('gz-office-officer').get('/calendar?year=abc').h1 == '2020年工作日历'


def test_a_changed_day_moves_every_open_deadline(app: Flask, head: Browser) -> None:
    matter_id = handled(app)
    assert warning(app, matter_id) == datetime(2020, 10, 27, 1, tzinfo=timezone.utc)
    head.get('/calendar')
    said = change(head)
    assert '2020-10-29 周四改为放假（防汛放假）' in said and '重新计算了1件事项，1个时限有变动' in said
    assert warning(app, matter_id) == datetime(2020, 10, 26, 1, tzinfo=timezone.utc)
    event, = told(app)
    assert event.actor == '省政府办公厅·督查室负责人' and '防汛放假' in event.summary
    with db.reading(engine_of(app)) as session:
        moved = history.events(session, str(matter_id), kinds=[Kind.TIMER_MOVED])
    assert {event.element for event in moved} == {'warning_due'}


def test_a_process_that_begins_by_itself_follows(app: Flask, head: Browser) -> None:
    daily = diagrams.bpmn(
        diagrams.start('begin', diagrams.timer('cycle', '${every_workdays(1)}')),
        diagrams.node('manualTask', 'look'), diagrams.end(), diagrams.chain('begin', 'look', 'done'), ident='daily')
    topics = {topic: known.parameters() for topic, known in actions.known().items()}
    with db.writing(engine_of(app)) as session:
        deployment.deploy(session, 'gz', {**bundle_files(), 'daily.bpmn': daily}, '流程管理员', '', NOW, topics, FACTS)
    assert begins(app) == '09-28 09:00'
    assert '1个时限有变动' in change(head, day='2020-09-28', working='off')
    assert begins(app) == '09-29 09:00'
    with db.reading(engine_of(app)) as session:
        moved, = history.events(session, 'tenant:gz', kinds=[Kind.TIMER_MOVED])
    assert (moved.process, moved.element) == ('daily', 'begin') and '2020-09-29' in moved.data


def test_nothing_changes_without_a_day_or_a_reason(app: Flask, head: Browser) -> None:
    assert '请选一天再改' in change(head, 422, day='')
    head.get('/calendar')
    assert '写一句为什么改' in change(head, 422, note='')
    head.get('/calendar')
    assert '没有改动' in change(head, day='2020-10-12', working='usual')
    assert not told(app)


def test_a_year_is_imported_from_a_file(app: Flask, head: Browser) -> None:
    with db.writing(engine_of(app)) as session:
        session.get(Tenant, 'gz').covered_until = date(2020, 12, 31)
        session.get(Tenant, 'gz').calendar_revision += 1
    days = '日期,安排,说明\n' + '\n'.join(f'2021-{day},休,放假' for day in (
        '01-01', '02-11', '02-12', '02-13', '02-14', '04-04', '05-01', '05-02', '06-14', '09-21', '10-01', '10-02',
        '10-03'))
    token = head.get('/calendar').all('//input[@name="csrf_token"]/@value')[0]
    page = head.client.post('/calendar/import', data={
        'csrf_token': token, 'source': '国办发明电〔2020〕27号', 'file': (io.BytesIO(days.encode()), '2021.csv')},
        follow_redirects=True)
    assert '已定到2021-12-31' in page.text and '国办发明电〔2020〕27号' in told(app)[0].summary
    page = head.client.post('/calendar/import', data={
        'csrf_token': token, 'file': (io.BytesIO('日期,安排\n2099-13-01,休'.encode()), 'x.csv')},
        follow_redirects=True)
    assert '没有导入' in page.text and len(told(app)) == 1
    assert head.client.post('/calendar/import', data={'csrf_token': token}).status_code == 422


def test_only_owner_and_head_may_change_it(browse: Browse) -> None:
    officer = browse('gz-office-officer')
    officer.get('/calendar')
    officer.get('/ledger')
    officer.post('/calendar/day', {'day': '2020-10-29', 'working': 'off', 'note': 'x'}, status=403)
    assert '改一天' in browse('gz-office-owner').get('/calendar').text


def test_deadlines_can_be_counted_again(app: Flask, head: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    handled(app)
    form = '//form[contains(@action, "rearm")]'
    assert '重新计算了1件事项，0个时限有变动' in head.submit(form=form).text
    monkeypatch.setattr('webapp.rearm.PATIENCE', -1)
    assert '还有1件正在后台计算' in head.submit(form=form).text
