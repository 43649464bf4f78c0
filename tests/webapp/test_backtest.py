"""回放 as the process owner sees it: chosen, watched, stopped, read, taken along; and what others may see of it."""
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from engine import db, deployment, draft, history
from engine.backtest import crew, table
from engine.backtest.table import Backtest
from engine.directory import Account
from engine.history import Actor, Event
from tests.webapp import matters
from tests.webapp.browser import Browser
from tests.workflows.story import bundle_files

OWNER = 'gz-office-owner'


@pytest.fixture
def lived(app: Flask) -> UUID:
    """A matter that is due on 30 October 2020 and on the 26th still open and green."""
    crew._scene.cache_clear()               # the backtests of another test had the same numbers
    key = matters.handled(app)
    matters.advance(app, 2020, 10, 26)
    return key


@pytest.fixture
def owner(browse: Callable[[str], Browser]) -> Browser:
    """The process owner's browser."""
    return browse(OWNER)


def drafted(app: Flask, days: int) -> int:
    """A draft in which the warning comes so many working days before the date."""
    head, sign, tail = bundle_files()['parameters.dmn'].decode().partition('"warning_days"')
    content = (head + sign + tail.replace('<text>3</text>', f'<text>{days}</text>', 1)).encode()
    with db.writing(matters.engine_of(app)) as session:
        account = session.scalar(select(Account.id).where(Account.login == OWNER))
        actor = Actor('省政府办公厅·流程管理员', 'office', 'owner', account)
        return draft.begin(session, 'gz', actor, '提前五天预警', deployment.current(session, 'gz'),
                           {'parameters.dmn': content}).id


def run(app: Flask) -> int:
    """What the worker's program does: the newest backtest is carried out."""
    with db.reading(matters.engine_of(app)) as session:
        key = session.scalar(select(Backtest.id).order_by(Backtest.id.desc()).limit(1))
    crew.run(matters.engine_of(app), key)
    return key


def test_a_draft_is_chosen_replayed_and_read(app: Flask, owner: Browser, lived: UUID) -> None:
    held = drafted(app, 5)
    page = owner.get(f'/backtest/new?draft={held}')
    assert page.one('//option[@selected]').text_content() == '提前五天预警'
    page = owner.submit(press='开始回放')
    assert page.h1 == '正在回放：稿：提前五天预警' and '0 / 1件' in page.text
    assert page.one('//noscript/meta').get('http-equiv') == 'refresh' and page.all('//script/@src')
    key = run(app)
    page = owner.get(f'/backtest/{key}')
    assert '回放了1件（这段时间共1件），1件会不一样' in page.text and '0 → 1件' in page.text
    assert '每一步的答复都来自历史' in page.text and '照历史' in page.text
    assert '省发展改革委' in page.texts('//table//th[@scope="row"]')
    page = owner.get(page.one('//a[contains(@href, "/matter/")]').get('href'))
    assert page.h1 == matters.REGISTER['title'] and '不一样的：亮灯' in page.text
    assert any('黄灯' in text for text in page.texts('//td[@data-h="新规则"]'))


def test_the_version_in_use_says_that_nothing_changes(app: Flask, owner: Browser, lived: UUID) -> None:
    owner.get('/backtest/new')
    owner.submit({'what': 'version 1'}, press='开始回放')
    page = owner.get(f'/backtest/{run(app)}')
    assert '没有一件会不一样' in page.text and '0件会不一样' in page.text
    assert owner.get(page.path + '?all=1').one('//a[contains(@href, "/matter/")]') is not None


def test_a_running_backtest_tells_the_script_how_far_it_is_and_can_be_stopped(
        app: Flask, owner: Browser, lived: UUID) -> None:
    owner.get('/backtest/new')
    page = owner.submit({'what': 'version 1'}, press='开始回放')
    answer = owner.client.get(page.one('//progress').get('data-progress')).json
    assert answer == {'done': 0, 'total': 1, 'ended': False}
    page = owner.submit(press='停下')
    assert '停下了，算好的都留着' in page.text and '还没有回放一件' in page.text
    assert '其余1件也算' in page.texts('//button')
    owner.submit(press='其余1件也算')
    page = owner.get(f'/backtest/{run(app)}')
    assert '算完了' in page.text and '其余' not in ''.join(page.texts('//button'))


def test_the_result_is_taken_along_and_that_is_on_the_trail(app: Flask, owner: Browser, lived: UUID) -> None:
    owner.get('/backtest/new')
    owner.submit({'what': 'version 1'}, press='开始回放')
    key = run(app)
    owner.get(f'/backtest/{key}')
    page = owner.submit(press='导出事项表')
    assert page.answer.data.startswith(b'\xef\xbb\xbf') and 'attachment' in page.headers['Content-Disposition']
    owner.get(f'/backtest/{key}')
    assert json.loads(owner.submit(press='导出全部（JSON）').answer.data)['matters'] == 1
    owner.get(f'/backtest/{key}')
    assert '单位' in owner.submit(press='导出单位表').answer.text
    with db.reading(matters.engine_of(app)) as session:
        said = session.scalars(select(Event.summary).where(Event.kind == 'backtest.exported')).all()
        assert len(said) == 3 and history.verify(session, 'tenant:gz').whole


@pytest.mark.parametrize(('given', 'said'), [
    ({'what': 'version 9'}, '选一份稿'), ({'what': 'draft 99'}, '没有'), ({'size': 'viele'}, '整数'), ({'size': '0'}, '至少'),
    ({'since': '2020-13-01'}, '日期要写成'), ({'since': '2021-01-01'}, '没有交办过'), ({'until': '9999-12-31'}, '1900年到2199年'),
    ({'what': 'draft ' + '9' * 30}, '选一份稿'), ({'what': 'version ' + '9' * 30}, '选一份稿'), ({'renamed': 'plan'}, '旧编号=新编号')])
def test_what_cannot_be_begun_comes_back_with_a_sentence(owner: Browser, lived: UUID, given: Any, said: str) -> None:
    owner.get('/backtest/new')
    page = owner.submit({'what': 'version 1'} | given, press='开始回放', status=422)
    assert said in page.text and page.one('//*[@role="alert"]') is not None


def test_only_the_owner_begins_and_the_head_of_supervision_may_read(
        app: Flask, owner: Browser, browse: Callable[[str], Browser], lived: UUID) -> None:
    owner.get('/backtest/new')
    owner.submit({'what': 'version 1'}, press='开始回放')
    key = run(app)
    head = browse('gz-office-head')
    assert not head.get(f'/backtest/{key}').all('//button[@name="act"]')
    head.get('/backtest/new', 403)
    browse('gz-fgw-liaison').get(f'/backtest/{key}', 403)
    browse('cz-office-owner').get(f'/backtest/{key}', 404)
    assert '第1版' in head.get('/backtest').text


def test_a_backtest_that_went_wrong_says_so(
        app: Flask, owner: Browser, lived: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise OSError('磁盘满了')
    monkeypatch.setattr(crew, 'played', broken)
    owner.get('/backtest/new')
    owner.submit({'what': 'version 1'}, press='开始回放')
    page = owner.get(f'/backtest/{run(app)}')
    assert '磁盘满了' in page.text and table.FAILED == 'failed' and '出错了' in page.text
