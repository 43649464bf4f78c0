"""大屏: an address of its own that shows figures without a session, and ends with the password of who made it."""
from collections.abc import Callable
from datetime import date, datetime, timezone

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select, update

from engine import db, history
from engine.actions.notice import Notice
from engine.directory import Account
from engine.history import Kind
from engine.identifier import uuid7
from tests.webapp.browser import Browser
from tests.webapp.matters import engine_of
from tests.webapp.test_ledger import rows

Browse = Callable[[str], Browser]


def moment(day: int) -> datetime:
    return datetime(2020, 9, day, tzinfo=timezone.utc)


@pytest.fixture
def address(app: Flask, browse: Browse) -> str:
    """Where the officer opened a wall."""
    rows(app, {'title': '超期的', 'lamp': 'red', 'due_at': date(2020, 9, 11)},
         {'title': '今天的', 'lamp': 'yellow', 'due_at': date(2020, 9, 27), 'lead_unit': 'sft'},
         {'title': '下周的', 'due_at': date(2020, 9, 28)}, {'title': '办完的', 'status': 'closed', 'lamp': 'blue'})
    rows(app, {'title': '别处的', 'lamp': 'red', 'due_at': date(2020, 9, 27)}, tenant='cz')
    officer = browse('gz-office-officer')
    officer.get('/board')
    return officer.submit(press='打开大屏').path


def test_the_wall_shows_figures_to_who_has_the_address(address: str, browser: Browser) -> None:
    page = browser.get(address)
    assert page.h1 == '督办 贵州省' and '2020年9月27日 周日 09:10' in ' '.join(page.texts('//header'))
    assert page.texts('//li[contains(@class, "red")]') == ['1 红灯 超期']
    assert page.texts('//section[2]//li') == ['今天 今天的 省司法厅'] and '别处的' not in page.text
    assert page.headers['Refresh'] == '60'


def test_the_newest_notice_is_the_one_issued_last(app: Flask, address: str, browser: Browser) -> None:
    matter, = rows(app, {'title': '办着的', 'code': 'DB-2020-009'})
    with db.writing(engine_of(app)) as session:
        for kind, drafted, issued in (('督办', 1, 9), ('催办', 8, 8)):
            session.add(Notice(id=uuid7(), tenant='gz', matter_id=matter, instance_id=uuid7(), kind=kind, to_unit='fgw',
                               title='通知书', state='issued', drafted_at=moment(drafted), issued_at=moment(issued)))
    assert browser.get(address).texts('//section[4]//li/b') == ['督办', '催办']


def test_nothing_can_be_done_or_opened_from_a_wall(address: str, browser: Browser) -> None:
    page = browser.get(address)
    assert not page.all('//a | //form | //button') and 'Set-Cookie' not in page.headers
    assert browser.get('/ledger').path == '/sign-in'


def test_a_wall_ends_with_the_password_of_who_opened_it(app: Flask, address: str, browser: Browser) -> None:
    with db.writing(engine_of(app)) as session:
        session.execute(update(Account).where(Account.login == 'gz-office-officer').values(session_key='changed'))
    browser.get(address, status=404)


def test_a_wall_ends_by_itself(address: str, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('webapp.wall.DAYS', -1)
    browser.get(address, status=404)


def test_no_other_key_opens_it(app: Flask, address: str, browser: Browser) -> None:
    browser.get(f'{address}x', status=404)
    browser.get('/wall/nothing', status=404)
    browser.get('/wall/' + URLSafeTimedSerializer('other', salt='wall').dumps([1, 'a']), status=404)
    with db.reading(engine_of(app)) as session:
        account = session.scalar(select(Account.id).where(Account.login == 'gz-office-officer'))
    forged = URLSafeTimedSerializer(app.config['SECRET_KEY'], salt='other').dumps([account, ''])
    browser.get(f'/wall/{forged}', status=404)


def test_who_opened_a_wall_is_on_the_trail(app: Flask, address: str, browse: Browse) -> None:
    with db.reading(engine_of(app)) as session:
        last = history.events(session, 'tenant:gz', newest_first=True, limit=1)[0]
    assert (last.kind, last.actor) == (Kind.WALL_OPENED, '省政府办公厅·督查员')
    assert not browse('gz-fgw-chief').get('/board').all('//button[.="打开大屏"]')
    browse('gz-fgw-chief').post('/wall', status=403)
