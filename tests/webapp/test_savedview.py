"""存好的筛选: kept from a list, put in order on a page of its own, opened by name."""
from collections.abc import Callable

import pytest

from tests.webapp.browser import Browser

Browse = Callable[[str], Browser]
LATE = '/tasks?lamp=red&sort=new'


def where(browser: Browser) -> str:
    """The address of the page with what it asks for."""
    return browser.page.answer.request.full_path.rstrip('?')


def keep(browser: Browser, path: str, name: str, scope: str = 'own') -> None:
    """Give the filter of this address a name."""
    browser.get(path)
    browser.submit({'name': name, 'scope': scope}, press='存下来')


def test_a_filter_gets_a_name_and_is_opened_by_it(browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    keep(clerk, LATE, '亮红灯的')
    assert '存好了“亮红灯的”' in clerk.page.text and not clerk.page.all('//summary[contains(., "存下来")]')
    link = clerk.get('/tasks').one('//nav[@aria-label="存好的筛选"]//a[.="亮红灯的"]')
    assert link.get('href') == LATE and link.get('aria-current') is None
    assert clerk.get(LATE).one('//nav[@aria-label="存好的筛选"]//a[@aria-current]').text == '亮红灯的'


def test_a_shared_one_is_there_for_the_post_and_the_unit(browse: Browse) -> None:
    keep(browse('gz-fgw-liaison'), LATE, '本单位红灯', 'unit')
    keep(browse('gz-fgw-liaison'), '/tasks?q=粮食', '粮食', 'post')
    assert browse('gz-fgw-liaison').get('/tasks').texts('//nav[@aria-label="存好的筛选"]//a') == [
        '全部', '粮食', '本单位红灯', '整理']
    chief = browse('gz-fgw-chief')
    assert chief.get('/tasks').texts('//nav[@aria-label="存好的筛选"]//a') == ['全部', '本单位红灯', '整理']
    assert not chief.get('/views').all('//button[.="删掉"]')
    assert '本单位红灯' not in browse('gz-sft-liaison').get('/tasks').text
    assert '本单位红灯' not in browse('cz-fgw-chief').get('/tasks').text


def test_one_begins_with_the_view_that_one_chose(browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    keep(clerk, LATE, '亮红灯的')
    clerk.get('/views')
    assert '以后打开我的待办，先看“亮红灯的”' in clerk.submit(press='打开先看这个').text
    clerk.get('/tasks')
    assert where(clerk) == LATE
    assert clerk.get('/tasks').one('//nav[@aria-label="存好的筛选"]//a[.="全部"]').get('href') == '/tasks?all=1'
    clerk.get('/tasks?all=1')
    assert where(clerk) == '/tasks?all=1'
    clerk.get('/views')
    clerk.submit(press='打开先看全部')
    clerk.get('/tasks')
    assert where(clerk) == '/tasks'


def test_views_are_renamed_moved_and_deleted(browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    keep(clerk, LATE, '甲')
    keep(clerk, '/tasks?q=粮食', '乙')
    clerk.get('/views')
    assert '往前移了一位' in clerk.submit(press='往前移').text
    assert clerk.page.texts('//main//li/p/a') == ['乙', '甲']
    assert '改名为“粮食的”' in clerk.submit({'name': '粮食的'}, press='改成这个名字').text
    assert '删掉了“粮食的”' in clerk.submit(press='删掉').text
    assert clerk.page.texts('//main//li/p/a') == ['甲']


def test_what_no_list_offers_is_not_kept(browse: Browse) -> None:
    clerk = browse('gz-fgw-liaison')
    clerk.get('/')
    page = clerk.post('/views/tasks', {'name': '别处', 'query': 'next=//evil.example&lamp=red'})
    assert '“next”不是这一页的条件' in page.text and where(clerk) == '/tasks?lamp=red'
    assert '还没有选条件' in clerk.post('/views/tasks', {'name': '空的', 'query': ''}).text
    assert '请起个名字' in clerk.post('/views/tasks', {'name': ' ', 'query': 'lamp=red'}).text
    clerk.post('/views/nowhere', {'name': '没有', 'query': 'lamp=red'}, status=404)
    assert not clerk.get('/views').all('//main//li/p/a')


@pytest.mark.parametrize('act', ['rename', 'remove', 'up', 'begin'])
def test_what_another_keeps_is_not_touched(browse: Browse, act: str) -> None:
    keep(browse('gz-fgw-liaison'), LATE, '自己的')
    other = browse('gz-fgw-chief')
    other.get('/')
    assert '没有找到这个存好的筛选' in other.post('/views/tasks/1', {'act': act, 'name': '改'}).text
    other.post('/views/tasks/1', {'act': 'explode'}, status=404)
    assert '自己的' in browse('gz-fgw-liaison').get('/views').text
