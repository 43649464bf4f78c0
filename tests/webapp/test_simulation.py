"""试运行: the process owner tries a matter's life act by act, by hand or as usual, on a draft; no matter is touched."""
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from engine import db, draft
from engine.draft import Draft
from engine.directory import Account
from engine.history import Actor
from engine.instance import Instance
from tests.engine.diagrams import boundary, bpmn, chain, end, line, start, timer, user
from tests.webapp.browser import Browser
from tests.webapp.matters import REGISTER, engine_of

Browse = Callable[[str], Browser]
TRY = '/process/matter/try'
STARTED = {'camunda_candidateStarterGroups': 'office/officer'}
ENTRY = REGISTER | {'due_at': '2026-04-10', 'received_at': '2026-03-02T09:00'}


@pytest.fixture
def owner(browse: Browse) -> Browser:
    """The process owner's browser."""
    return browse('gz-office-owner')


def begun(owner: Browser, path: str = TRY, **told: Any) -> str:
    """Begin a trial on 2 March 2026; its address."""
    owner.get(path)
    return owner.submit({'day': '2026-03-02', **told}, press='从头试').path


def drawn(app: Flask, **files: bytes) -> str:
    """A draft of the owner's; the address at which its files are tried. `__` in a name stands for a dot."""
    with db.writing(engine_of(app)) as session:
        account = session.scalar(select(Account.id).where(Account.login == 'gz-office-owner'))
        held = draft.begin(session, 'gz', Actor('省政府办公厅·流程管理员', 'office', 'owner', account), '稿', None,
                           {name.replace('__', '.'): content for name, content in files.items()})
        return f'/process/p/try?draft={held.id}'


def asks(ident: str) -> str:
    """A task of the officer's without a form."""
    return user(ident, camunda_candidateGroups='office/officer', camunda_formRef=None)


def test_a_life_is_tried_act_by_act_and_back(app: Flask, owner: Browser) -> None:
    begun(owner)
    assert '还没有开始' in owner.page.text and '自己填：拟办登记' in owner.page.text
    page = owner.submit(press='照例开始')
    assert '等省政府·分管领导办“立项审批”' in page.text and '走了1步' in page.text
    owner.submit(press='下一步')
    page = owner.submit(press='下一步')
    assert '办了“立项审批”' in page.text and '自己填：签收' in page.text
    assert page.one('//div[@class="diagram"]').get('data-walk')
    assert '办了“立项审批”' not in owner.submit(press='后退一步').text
    page = owner.submit(press='走到底')
    assert '已经办结，蓝灯' in page.text and '没有等人办的。' in page.text
    with db.reading(engine_of(app)) as session:
        assert session.scalar(select(func.count()).select_from(Instance)) == 0, 'no matter was touched'


def test_a_form_is_filled_in_by_hand_and_what_it_refuses_is_shown_at_its_fields(owner: Browser) -> None:
    here = begun(owner)
    owner.get(f'{here}/task/0')
    page = owner.submit(ENTRY | {'title': ''}, press='提交立项', status=422)
    assert '还有1处要修改' in page.text and page.one('//*[@id="title"]').get('aria-invalid') == 'true'
    page = owner.submit({'title': '建立项目库'}, press='提交立项')
    assert '建立项目库' in page.text and '省发展改革委·联络员' in page.text
    owner.get(page.one('//a[starts-with(text(), "自己填")]/@href'))
    page = owner.submit()
    assert '办了“签收”' in page.text
    assert '建立项目库' in owner.get(here).text, 'what was filled in by hand stays'
    owner.get(f'{here}/task/7', status=404)


def test_the_clock_goes_to_the_next_event_and_to_a_day(owner: Browser) -> None:
    here = begun(owner)
    owner.submit(press='照例开始')
    [before] = re.findall('下一个自己到的日子(2026-[0-9-]+)', owner.page.text)
    page = owner.submit(press='到下一个到期')
    assert f'现在{before}' in page.text
    page = owner.submit({'day': '2026-03-27'}, press='走到这一天')
    assert '现在2026-03-27 周五 09:00' in page.text
    assert '到期' in ' '.join(page.texts('//table[contains(@class, "month")]'))
    assert '时钟只能往前走' in owner.submit({'day': '2026-03-02'}, press='走到这一天', status=422).text
    assert '请选走到哪一天' in owner.submit({'day': 'tomorrow'}, press='走到这一天', status=422).text
    assert '现在2026-03-27 周五 09:00' in owner.get(here).text


def test_chance_is_the_same_for_the_same_number_and_going_back_changes_nothing(owner: Browser) -> None:
    runs = []
    for _again in range(2):
        here = begun(owner, seed='3')
        owner.submit(press='随机开始')
        owner.submit(press='下一步')
        runs.append(owner.submit(press='下一步').texts('//section[@aria-labelledby="n"]//li'))
        owner.submit(press='后退一步')
        runs.append(owner.submit(press='下一步').texts('//section[@aria-labelledby="n"]//li'))
        owner.get(here)
    assert runs[0] == runs[1] == runs[2] == runs[3]


def test_two_windows_of_one_trial_are_told(owner: Browser) -> None:
    here = begun(owner)
    owner.submit(press='照例开始')
    page = owner.post(here, {'act': 'next', 'seen': '0'}, status=409)
    assert '另一个窗口' in page.text
    assert '走了1步' in owner.get(here).text


def test_a_draft_is_tried_mended_and_the_same_acts_looked_at_again(app: Flask, owner: Browser) -> None:
    path = drawn(app, p__bpmn=line(asks('a'), asks('b'), between=('a', 'b'), **STARTED))
    here = begun(owner, path)
    for _act in range(3):
        owner.submit(press='照例开始' if not _act else '下一步')
    assert '办了“办a”' in owner.page.text and '自己填：办b' in owner.page.text
    with db.writing(engine_of(app)) as session:
        held = session.scalars(select(Draft)).one()
        actor = Actor('省政府办公厅·流程管理员', 'office', 'owner', held.account_id)
        draft.save(session, held, actor, 'p.bpmn', line(asks('c'), between=('c',), **STARTED), held.version)
    page = owner.get(here)
    assert '第3步做不下去，下面停在它前面' in page.text and '自己填：办c' in page.text


def test_a_draft_that_rings_without_end_is_stopped_in_a_sentence(
        app: Flask, owner: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('webapp.trial.ROUNDS', 20)
    ringing = bpmn(start(), asks('a'), end(),
                   boundary('b', 'a', timer('cycle', 'R/PT1M'), cancelActivity='false'), end('rung'),
                   chain('begin', 'a', 'done'), chain('b', 'rung'), **STARTED)
    here = begun(owner, drawn(app, p__bpmn=ringing))
    owner.submit(press='照例开始')
    assert '响个不停' in owner.submit({'day': '2026-03-20'}, press='走到这一天', status=422).text
    assert '走了1步' in owner.get(here).text


def test_what_cannot_run_says_what_to_mend(app: Flask, owner: Browser) -> None:
    owner.get(drawn(app, p__bpmn=line(user('a', camunda_candidateGroups=None), between=('a',))))
    page = owner.submit({'day': '2026-03-02'}, press='从头试', status=422)
    assert page.h1 == '先改这些，再试' and '没有写明由谁办理' in page.text


def test_the_run_is_told_as_a_story_that_can_go_into_the_draft(owner: Browser) -> None:
    owner.get('/draft')
    owner.submit({'name': '两级审批'}, press='起一稿')
    begun(owner, f'{TRY}?draft=1')
    owner.submit(press='照例开始')
    told = owner.client.get(owner.page.one('//a[text()="下载故事"]/@href')).text
    assert told.startswith('故事 试运行：') and '立项 office/officer' in told
    page = owner.submit(press='写进这一稿')
    assert 'trial_1.story' in page.text


def test_what_stands_beside_a_matter_is_begun_in_the_trial_too(owner: Browser) -> None:
    """Who changes the extension tries it: its starter begins it, it waits with the rest, and the story tells it."""
    here = begun(owner)
    assert '旁边可以开始' not in owner.submit(press='照例开始').text, 'it is not issued yet'
    pages = (owner.submit(press='下一步') for _ in range(9))
    assert any('自己填：签收' in page.text for page in pages)
    page = owner.submit(press='开始：延期申请')
    assert '自己填：填写延期申请' in page.text and '开始：约谈' in page.text
    assert not page.all('//button[text()="开始：延期申请"]'), 'one at a time'
    assert re.search(r'^开 \w+/liaison extension$', owner.client.get(f'{here}/story').text, re.M)
    assert '现在不能开始' in owner.post(here, {'act': 'beside', 'process': 'extension', 'seen': '99'}, status=422).text


def test_what_cannot_be_read_is_refused_and_others_may_not_look(owner: Browser, browse: Browse) -> None:
    here = begun(owner)
    owner.get(TRY)
    for wrong in ({'day': 'tomorrow'}, {'day': '9999-12-31'}, {'seed': '9' * 10}):
        owner.get(TRY)
        assert '要写成年月日' in owner.submit(wrong, press='从头试', status=422).text
    owner.get('/process/notice/try', status=404)
    owner.get('/process/nothing/try', status=404)
    owner.get(f'{TRY}?draft=9', status=404)
    owner.get(here.replace('matter', 'notice'), status=404)
    owner.get(here)
    assert '请选走到哪一天' in owner.post(here, {'act': 'day', 'day': '9999-12-31'}, status=422).text
    owner.post(here, {'act': 'explode'}, status=400)
    browse('gz-office-officer').get(TRY, status=403)
    browse('cz-office-owner').get(here, status=404)
