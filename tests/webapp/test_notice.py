"""通知书: drafts that timers proposed, what the approver makes of them, and what a unit sees."""
from collections.abc import Callable

import pytest
from flask import Flask

from tests.webapp.browser import Browser
from tests.webapp.matters import advance, answer, handled, issued_notice, notices
from tests.webapp.test_usertask import waiting

Browse = Callable[[str], Browser]


@pytest.fixture
def drafted(app: Flask):
    """An overdue matter: a timer has proposed a notice."""
    matter_id = handled(app)
    advance(app, 2020, 11, 3)
    return matter_id


def test_a_draft_has_no_number_and_no_consequence_yet(app: Flask, drafted, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    page = officer.get('/notice')
    assert page.texts('//tbody/tr/th') == ['督办通知书：建立健全重点企业和项目库']
    page = officer.get(page.one('//tbody/tr/th/a/@href'))
    assert '草稿' in page.text and '还没有编号' in page.text and '签发以前没有任何后果' in page.text
    assert '现在：拟制通知，在省政府办公厅·督查员手里' in page.text and '正文在拟制时写' in page.text
    assert page.one('//div[@class="note"]//a').text == '拟制通知'
    answer(app, drafted, 'draft', 'officer', notice_text='请在限期内办结。', notice_scope='system')
    page = officer.get(page.path)
    assert '请在限期内办结。' in page.text and '审定签发，在省政府办公厅·督查室负责人手里' in page.text
    assert not page.all('//div[@class="note"]//a')


def test_an_issued_notice_has_number_limit_and_points(app: Flask, drafted, browse: Browse) -> None:
    notice_id = issued_notice(app, drafted)
    head = browse('gz-office-head')
    page = head.get('/notice?state=issued')
    assert [name for name in page.texts('//tbody/tr/th') if '督办' in name]
    page = head.get(f'/notice/{notice_id}')
    facts = dict(zip(page.texts('//aside//dt'), page.texts('//aside//dd')))
    assert facts['审定'] == '省政府办公厅·督查室负责人' and facts['限期'] == '2020年11月10日 周二'
    assert facts['扣分'] == '0.5分' and '请在限期内办结。' in page.text
    assert '督办' in page.texts('//span[@class="badge lvl"]')


def test_a_declined_notice_says_why(app: Flask, drafted, browse: Browse) -> None:
    answer(app, drafted, 'draft', 'officer', notice_text='请在限期内办结。', notice_scope='system')
    answer(app, drafted, 'endorse', 'head', endorsed='refused', opinion='单位已当面说明。')
    declined = notices(app, drafted)[0]
    page = browse('gz-office-auditor').get(f'/notice/{declined.id}')
    assert page.texts('//section[h2="理由"]/p') == [declined.reason] and '请在限期内办结' not in page.text
    assert '不予下发' in page.texts('//span[@class="badge"]') and '扣分' not in page.text


def test_a_returned_notice_is_read_again_by_both(app: Flask, drafted, browse: Browse) -> None:
    head, officer = browse('gz-office-head'), browse('gz-office-officer')
    answer(app, drafted, 'draft', 'officer', notice_text='请在限期内办结。', notice_scope='system')
    head.get(waiting(app, '审定签发'))
    page = head.submit({'opinion': '缓和一点'}, form='//form[@id="task"]', press='退回修改')
    assert '已提交“审定签发”：退回修改。' in page.text
    assert '缓和一点' in head.get(head.get('/tasks/done').all('//tbody//a/@href')[0]).text
    page = officer.get(waiting(app, '拟制通知'))
    assert '上一步：省政府办公厅·督查室负责人' in page.text and '缓和一点' in page.text


def test_a_unit_sees_what_was_issued_to_it(app: Flask, drafted, browse: Browse) -> None:
    liaison, draft = browse('gz-fgw-liaison'), notices(app, drafted)[0].id
    assert all('督办' not in name for name in liaison.get('/notice').texts('//tbody/tr/th'))
    liaison.get(f'/notice/{draft}', status=404)
    assert '督办通知书' not in liaison.get(f'/matter/{drafted}').texts('//section[h2="文书"]')[0]
    issued_notice(app, drafted)
    liaison.get(f'/notice/{draft}')
    browse('gz-sft-liaison').get(f'/notice/{draft}', status=404)
    browse('cz-office-officer').get(f'/notice/{draft}', status=404)
    browse('gz-office-operator').get('/notice', status=403)


def test_an_empty_list_says_where_notices_come_from(browse: Browse) -> None:
    assert '定时任务会拟出草稿' in browse('gz-office-head').get('/notice').text
