"""试运行: the process owner tries a matter's life act by act; nothing is stored."""
from collections.abc import Callable

import pytest
from flask import Flask

from tests.engine.test_simulation import fingerprint
from tests.webapp.browser import Browser
from tests.webapp.matters import engine_of

Browse = Callable[[str], Browser]
TRY = '/process/matter/try'


@pytest.fixture
def owner(browse: Browse) -> Browser:
    """The process owner's browser."""
    return browse('gz-office-owner')


def test_a_life_is_tried_act_by_act_and_back(app: Flask, owner: Browser) -> None:
    assert '从头试' in owner.get(TRY).text
    before = fingerprint(engine_of(app))
    page = owner.get(f'{TRY}?day=2026-03-02&acts=1')
    assert '等省政府·分管领导办“立项审批”' in page.text and '后退一步' not in page.text
    page = owner.get(f'{TRY}?day=2026-03-02&acts=3')
    assert '办了“立项审批”' in page.text and '办“签收”' in page.text
    assert page.one('//div[@class="diagram"]').get('data-walk')
    [back] = page.all('//a[text()="后退一步"]/@href')
    assert '办了“立项审批”' not in owner.get(back).text
    [on] = page.all('//a[text()="走到底"]/@href')
    page = owner.get(on)
    assert '已经办结，蓝灯' in page.text and '下一步' not in page.text
    assert fingerprint(engine_of(app)) == before


def test_chance_is_the_same_for_the_same_number(owner: Browser) -> None:
    path, now = f'{TRY}?day=2026-03-02&seed=3&acts=6', '//section[@aria-labelledby="n"]//li'
    assert sorted(owner.get(path).texts(now)) == sorted(owner.get(path).texts(now))


def test_what_cannot_be_read_is_refused_and_others_may_not_look(owner: Browser, browse: Browse) -> None:
    owner.get(f'{TRY}?day=tomorrow', status=422)
    owner.get('/process/notice/try', status=404)
    browse('gz-office-officer').get(TRY, status=403)
