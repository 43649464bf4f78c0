"""接收提醒: an address per channel, checked by a code; what goes there; and the way to stop it."""
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from engine import clock, db
from engine.channel import read
from engine.contact import Contact
from engine.history import Event
from engine.outbox import Courier, Delivery
from tests.webapp.browser import Browser
from tests.webapp.matters import advance, engine_of, register

Browse = Callable[[str], Browser]
ADDRESS = 'zhang.san@fgw.gov.cn'


def entered(browser: Browser, address: str = ADDRESS) -> str:
    """The address is given; the code as a demo shows it."""
    browser.get('/contact')
    page = browser.submit({'address': address}, press='发验证码')
    return page.all('//section[@aria-labelledby="recent"]//b')[0].text


def verified(browser: Browser) -> None:
    browser.get('/contact')
    code = entered(browser)
    assert '验证好了' in browser.submit({'code': code}, press='验证').text


def waited(app: Flask) -> None:
    """A minute goes by."""
    with db.writing(engine_of(app)) as session:
        session.execute(update(Contact).values(code_at=clock.utcnow() - timedelta(minutes=2)))


def looked(app: Flask) -> None:
    """The courier goes round."""
    Courier(engine_of(app), read({})).drain()


def test_an_address_counts_once_its_code_came_back(app: Flask, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    code = entered(liaison)
    assert '已发到z***@fgw.gov.cn' in liaison.page.text and ADDRESS not in liaison.page.text
    wrong = f'{(int(code) + 1) % 10**6:06d}'
    page = liaison.submit({'code': wrong}, press='验证', status=422)
    assert '验证码不对' in page.text and page.one('//title').text_content().startswith('错误：')
    assert '验证好了' in liaison.submit({'code': f' {code[:3]} {code[3:]}'}, press='验证').text
    assert ADDRESS in liaison.page.text and '已验证' in liaison.page.text


def test_five_wrong_codes_are_enough(browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    code = entered(liaison)
    for _ in range(5):
        liaison.submit({'code': f'{(int(code) + 1) % 10**6:06d}'}, press='验证', status=422)
    assert '已经作废' in liaison.submit({'code': code}, press='验证', status=422).text


def test_a_code_lasts_half_an_hour_and_a_new_one_is_had_after_a_minute(app: Flask, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    code = entered(liaison)
    assert '刚刚发过' in liaison.submit(press='重新发', status=422).text
    with db.writing(engine_of(app)) as session:
        session.execute(update(Contact).values(code_at=clock.utcnow() - timedelta(minutes=31)))
    assert '已经作废' in liaison.submit({'code': code}, press='验证', status=422).text
    assert '验证码发到' in liaison.submit(press='重新发').text


@pytest.mark.parametrize('address', ['', 'zhang', 'a@b', 'a@b.cn\nBcc: c@d.cn', 'x' * 150 + '@fgw.gov.cn',
                                     '张三@fgw.gov.cn', 'a@b.cn,c@d.cn', '<a@b.cn>'])
def test_what_is_no_address_is_refused_and_stays_to_be_mended(browse: Browse, address: str) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get('/contact')
    page = liaison.submit({'address': address}, press='发验证码', status=422)
    assert '邮箱要写成' in page.text and page.one('//input[@id="mail"]').get('aria-invalid') == 'true'


def test_a_channel_that_does_not_exist_is_no_page(browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get('/contact')
    liaison.post('/contact/pigeon', {'do': 'enter', 'address': ADDRESS}, status=404)
    liaison.post('/contact/mail', {'do': 'shout'}, status=404)


def test_one_chooses_what_is_sent_and_sees_what_was(app: Flask, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    verified(liaison)
    liaison.submit({'kind': ['task']}, press='保存')
    assert liaison.page.all('//input[@name="kind"][@checked]/@value') == ['task']
    register(app)
    advance(app, 2020, 9, 27, 11)
    looked(app)
    assert '新的待办：建立健全重点企业和项目库，签收' in liaison.get('/contact').text
    assert '演示没有真发' in liaison.page.text


def test_the_link_in_a_letter_stops_it_without_signing_in(app: Flask, browse: Browse, browser: Browser) -> None:
    verified(browse('gz-fgw-liaison'))
    with db.reading(engine_of(app)) as session:
        key = session.scalars(select(Contact.stop_key)).one()
    page = browser.get(f'/contact/stop/{key}')
    assert page.h1 == '不再往z***@fgw.gov.cn发提醒吗？'
    assert '已经删掉' in browser.submit(press='停收，删掉地址').text
    browser.get(f'/contact/stop/{key}', status=404)
    register(app)
    looked(app)
    with db.reading(engine_of(app)) as session:
        assert [row.size for row in session.scalars(select(Delivery))] == [0], 'the code alone was ever sent'


def test_an_address_is_forgotten_when_it_is_not_wanted(app: Flask, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    verified(liaison)
    assert '地址已经删掉' in liaison.submit(press='停收，删掉地址').text and ADDRESS not in liaison.page.text
    with db.reading(engine_of(app)) as session:
        assert session.scalars(select(Contact)).all() == []
        told = session.scalars(select(Event.data).where(Event.kind == 'contact.changed')).all()
    assert len(told) == 3 and not any('fgw.gov.cn' in data for data in told)


def test_an_address_can_be_forgotten_where_nothing_is_sent_any_more(app: Flask, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    verified(liaison)
    app.config['DEMO_SENDS'] = True                                        # no mail server is set up
    assert ADDRESS in liaison.get('/contact').text and not liaison.page.all('//button[.="保存"]')
    liaison.post('/contact/mail', {'do': 'choose', 'kind': 'due'}, status=404)
    liaison.get('/contact')
    assert '地址已经删掉' in liaison.submit(press='删掉地址').text and ADDRESS not in liaison.page.text


def test_nobody_elses_address_is_shown(browse: Browse) -> None:
    verified(browse('gz-fgw-liaison'))
    assert 'fgw.gov.cn' not in browse('gz-fgw-chief').get('/contact').text
    assert 'fgw.gov.cn' not in browse('gz-office-operator').get('/contact').text


def test_where_nothing_is_set_up_a_real_government_is_told_so(app: Flask, browse: Browse) -> None:
    app.config['DEMO_SENDS'] = True                                        # as if it were no demo
    assert '还没有接上' in browse('gz-fgw-liaison').get('/contact').text
