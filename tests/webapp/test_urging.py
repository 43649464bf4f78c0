"""催办 on pages: who waits has a button, the holder sees how often, and not all day long."""
from collections.abc import Callable
from uuid import UUID

from flask import Flask
from sqlalchemy import update

from engine import db
from engine.usertask import UserTask
from tests.webapp.browser import Browser
from tests.webapp.matters import advance, engine_of
from tests.webapp.test_circulation import task_of, working

Browse = Callable[[str], Browser]
__all__ = ['working']                                                  # a fixture, found here by its name


def test_the_supervision_urges_and_the_holder_sees_it(app: Flask, working: str, browse: Browse) -> None:
    officer, liaison = browse('gz-office-officer'), browse('gz-fgw-liaison')
    assert '催办' not in liaison.get(working).texts('//h2')
    officer.get(working)
    page = officer.submit({'note': '请本周报初稿。'}, press='催办')
    assert '已催办省发展改革委·联络员，对方在消息里看得到' in page.text and '催了1次，上次今天 09:10' in page.text and '9月28日 周一 09:10以后可以再催' in page.text
    assert not page.all('//button[normalize-space()="催办"]')
    page = liaison.get(task_of(app, working))
    assert '催了1次，上次今天 09:10，省政府办公厅·督查员：请本周报初稿。' in page.text
    assert '催办“组织承办”：请本周报初稿。' in liaison.get('/messages').text
    path = task_of(app, working) + '/urge'
    page = officer.post(path)                          # from another tab
    assert page.path == working and '刚催过' in page.text
    advance(app, 2020, 9, 28, 10)
    officer.get(working)
    assert '催了2次' in officer.submit(press='催办').text


def test_a_step_that_is_done_meanwhile_is_urged_no_more(app: Flask, working: str, browse: Browse) -> None:
    path, officer = task_of(app, working) + '/urge', browse('gz-office-officer')
    officer.get(working)
    with db.writing(engine_of(app)) as session:
        session.execute(update(UserTask).where(UserTask.id == UUID(path.split('/')[2])).values(state='done'))
    page = officer.post(path, status=409)
    assert page.h1 == '没有办成' and '这一步刚刚已经办了，不用催了。' in page.text


def test_others_have_no_button_and_are_refused(app: Flask, working: str, browse: Browse) -> None:
    path = task_of(app, working) + '/urge'
    chief = browse('gz-fgw-chief')
    assert '催办' not in chief.get(working).texts('//button')
    assert '催办由等着这一步的岗位发出' in chief.post(path, status=403).text
    stranger, auditor = browse('cz-office-officer'), browse('gz-office-auditor')
    stranger.get('/tasks'), auditor.get(working)
    stranger.post(path, status=404), auditor.post(path, status=403)
