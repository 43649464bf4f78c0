"""机构: the tree of units with validity and successors, posts and accounts; who keeps them, and who only reads."""
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from engine import db
from engine.history import Event
from engine.ledger import Matter
from engine.usertask import UserTask
from tests.webapp.browser import Browser
from tests.webapp.matters import engine_of, register
from tests.webapp.test_account import signs_in

Browse = Callable[[str], Browser]


@pytest.fixture
def owner(browse: Browse) -> Browser:
    return browse('gz-office-owner')


def add(owner: Browser, status: int = 200, **given: str) -> str:
    owner.get('/directory/new')
    return owner.submit(given, form='//main//form', status=status).text


def change(owner: Browser, code: str, status: int = 200, **given: str) -> str:
    owner.get(f'/directory/unit/{code}/edit')
    return owner.submit(given, form='//main//form', status=status).text


def told(app: Flask, kind: str) -> list[str]:
    with db.reading(engine_of(app)) as session:
        return list(session.scalars(select(Event.summary).where(Event.kind == kind).order_by(Event.seq)))


def test_a_unit_is_entered_and_stands_under_its_parent(app: Flask, owner: Browser) -> None:
    assert '项目处建好了' in add(owner, code='fgw_xm', name='项目处', kind='处室', parent='fgw')
    assert owner.get('/directory').texts('//main//ul/li/ul/li/a') == ['项目处']
    assert '项目处' in owner.get('/directory/unit/fgw').text
    assert told(app, 'unit.added') == ['建单位：项目处（fgw_xm）']


@pytest.mark.parametrize(('given', 'said'), [
    ({'code': 'FGW', 'name': '甲', 'kind': '部门'}, '单位代码用小写字母开头'),
    ({'code': 'fgw', 'name': '甲', 'kind': '部门'}, '单位代码“fgw”已经给了省发展改革委，请换一个'),
    ({'code': 'jia', 'name': '', 'kind': '部门'}, '单位名称要写1到100个字'),
    ({'code': 'jia', 'name': '甲', 'kind': '部门', 'valid_from': '2020-02-30'}, '日期写成 2020-09-30 这样，您填的是“2020-02-30”'),
    ({'code': 'jia', 'name': '甲', 'kind': '部门', 'valid_from': '2020-02-02', 'valid_to': '2020-02-01'}, '早于启用日期'),
    ({'code': 'jia', 'name': '甲', 'kind': '部门', 'successor': 'fgw'}, '写了接替单位，就要写停用日期'),
    ({'code': 'jia', 'name': '甲', 'kind': '部门', 'position': '一'}, '排序填整数，您填的是“一”')])
def test_what_is_wrong_with_a_unit_is_said_at_its_field(owner: Browser, given: dict[str, str], said: str) -> None:
    assert said in add(owner, 422, **given)


def test_no_unit_stands_above_itself(owner: Browser) -> None:
    add(owner, code='fgw_xm', name='项目处', kind='处室', parent='fgw')
    assert '上级单位绕了一圈：省发展改革委 → 项目处 → 省发展改革委' in change(owner, 'fgw', 422, parent='fgw_xm')


def test_what_an_ended_unit_led_is_seen_and_taken_over_by_its_successor(app: Flask, owner: Browser,
                                                                        browse: Browse) -> None:
    """A24, P00-17"""
    key = register(app)
    heir = browse('gz-sft-liaison')
    assert '建立健全' not in heir.get('/ledger').text
    change(owner, 'fgw', valid_to='2020-09-26', successor='sft')
    assert '已停用' in owner.get('/directory?all=1').text
    assert '省发展改革委' not in owner.get('/directory').texts('//main//ul//a')
    assert '建立健全' in heir.get('/ledger').text and '建立健全' in heir.get('/ledger?unit=sft').text
    owner.get('/directory/unit/fgw/hand-over')
    assert '写明移交的依据或理由' in owner.submit(form='//main//form', status=422).text
    assert '移交了1件' in owner.submit({'reason': '机构改革方案〔2020〕1号'}, form='//main//form').text
    with db.reading(engine_of(app)) as session:
        assert session.get(Matter, key).lead_unit == 'sft'
        waits = session.scalars(select(UserTask).where(UserTask.state == 'open')).one()
        assert (waits.unit, waits.post) == ('sft', 'liaison')
    assert told(app, 'matter.handed_over') == ['省发展改革委移交省司法厅：机构改革方案〔2020〕1号']
    heir.get(heir.get('/tasks').one('//main//li[@data-task]//a/@href'))


def test_a_post_and_an_account_with_a_one_time_password(app: Flask, owner: Browser) -> None:
    """I22: what nobody holds is seen, and who may come in is on the trail."""
    add(owner, code='czt', name='省财政厅', kind='部门')
    owner.submit({'post': 'liaison', 'phone': '0851-1234567'}, press='设岗位')
    assert '没有人' in owner.page.text and '0851-1234567' in owner.page.text
    assert '省财政厅·联络员还没有账号' in owner.get('/directory').text
    owner.get('/directory/unit/czt')
    page = owner.submit({'post': 'liaison'}, press='建账号')
    assert '只显示这一次' in page.text
    assert signs_in(app, 'gz-czt-liaison', page.one('//main//code').text_content())
    assert told(app, 'account.added')[-1] == '建账号：省财政厅·联络员（gz-czt-liaison）'
    owner.get('/directory/unit/czt')
    assert '登录名“gz-czt-liaison”已经有了' in owner.submit({'post': 'liaison'}, press='建账号', status=422).text


def test_an_account_is_closed_reopened_and_given_a_new_password(app: Flask, owner: Browser, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    owner.get('/directory/unit/fgw')
    assert '账号已停用' in owner.submit(press='停用').text
    assert liaison.get('/ledger').h1 == '登录督办'
    assert '账号已恢复' in owner.submit(press='恢复').text
    password = owner.submit(press='重设密码').one('//main//code').text_content()
    assert signs_in(app, 'gz-fgw-liaison', password)
    assert [kind for kind in ('account.closed', 'account.opened', 'password.reset') if len(told(app, kind)) != 1] == []


def test_a_locked_account_is_unlocked(app: Flask, owner: Browser) -> None:
    for _ in range(5):
        signs_in(app, 'gz-fgw-liaison', '猜的密码')
    owner.get('/directory/unit/fgw')
    assert '锁定' in owner.page.text and '账号已解锁' in owner.submit(press='解锁').text
    assert told(app, 'account.unlocked') == ['解锁账号：省发展改革委·联络员（gz-fgw-liaison）']


def test_nobody_closes_the_account_that_he_uses(owner: Browser) -> None:
    owner.get('/directory/unit/office')
    own = owner.page.one('//div[code="gz-office-owner"]//form[contains(@action, "close")]').get('action')
    assert '不能停用自己正在用的账号' in owner.post(own, status=422).text


def test_the_auditor_reads_and_clerks_do_not(browse: Browse) -> None:
    """三权分立"""
    auditor = browse('gz-office-auditor')
    page = auditor.get('/directory/unit/fgw')
    assert not page.all('//main//form') and '从 Excel 导入' not in auditor.get('/directory').text
    auditor.get('/directory/new', status=403)
    auditor.get('/ledger')
    auditor.post('/directory/account/1/close', status=403)
    browse('gz-fgw-liaison').get('/directory', status=403)
    browse('gz-office-owner').get('/directory/unit/nowhere', status=404)


def test_a_units_name_is_found_by_its_words(owner: Browser) -> None:
    assert owner.get('/directory?q=司法').texts('//section[@aria-labelledby="found"]//a') == ['省司法厅']
    assert '没有这样的单位' in owner.get('/directory?q=没有').text
