"""发出去的提醒: what an operator sees of letters, and does with those that did not get through."""
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from engine import channel, clock, contact, db
from engine.__main__ import main
from engine.channel import Mail, Undelivered
from engine.directory import Account
from engine.history import SYSTEM, Event
from engine.outbox import Courier, Delivery, Line, wording
from tests.engine.postbox import SECRET, Gateway, MailServer, gateway_settings, mail_settings, says
from tests.webapp.browser import Browser
from tests.webapp.matters import advance, engine_of, register

Browse = Callable[[str], Browser]


class Broken:
    """A mail server that takes nothing."""

    name = 'mail'

    def __init__(self, fault: Undelivered) -> None:
        self._fault = fault

    def send(self, *_: object) -> None:
        raise self._fault

    def close(self) -> None:
        return


def reach(app: Flask) -> None:
    """The liaison has an address."""
    with db.writing(engine_of(app)) as session:
        account = session.scalars(select(Account).where(Account.login == 'gz-fgw-liaison')).one()
        _, code = contact.enter(session, account, 'mail', 'zhang@fgw.gov.cn', contact.KINDS, SYSTEM)
        contact.confirm(session, account.id, 'mail', code, SYSTEM)


@pytest.fixture
def reached(app: Flask) -> Flask:
    """The liaison has an address, and something to be told."""
    reach(app)
    register(app)
    advance(app, 2020, 9, 27, 11)
    return app


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.close()


def failing(app: Flask, fault: Undelivered) -> None:
    """The courier goes round, and nothing gets through."""
    Courier(engine_of(app), channel.read({'DEMO_SENDS': 'yes'}), {'mail': Broken(fault)}).drain()


def test_what_was_given_up_is_sent_again_or_thrown_away(reached: Flask, browse: Browse) -> None:
    failing(reached, Undelivered('邮件服务器不收这个地址（550）', again=False))
    operator = browse('gz-office-operator')
    page = operator.get('/outbox')
    assert '没有发出 1' in page.text and '不收这个地址（550）' in page.text and '省发展改革委·联络员' in page.text
    assert 'z***@fgw.gov.cn' in page.text and 'zhang' not in page.text
    assert '1封马上重发' in operator.submit(press='重发').text and '等着发 1' in operator.page.text
    assert '这一封不再发' in operator.submit(press='不发了').text
    with db.reading(engine_of(reached)) as session:
        assert [row.state for row in session.scalars(select(Delivery))] == ['discarded']
        told = session.scalars(select(Event.summary).where(Event.kind.like('outbox.%')).order_by(Event.seq)).all()
    assert told == ['重发提醒1封', '有一封提醒不再发']


def test_everything_is_sent_again_with_one_press(reached: Flask, browse: Browse) -> None:
    failing(reached, Undelivered('邮件服务器没有收（554）', again=False))
    operator = browse('gz-office-operator')
    operator.get('/outbox')
    assert '1封马上重发' in operator.submit(press='全部重发').text


def test_a_letter_that_is_gone_is_not_found(reached: Flask, browse: Browse) -> None:
    operator = browse('gz-office-operator')
    operator.get('/outbox')
    operator.post('/outbox/discard', {'key': '0' * 32}, status=404)
    operator.post('/outbox/discard', {'key': 'x'}, status=404)
    operator.post('/outbox/discard', status=404)
    operator.get('/outbox?state=strange', status=404)


def test_the_health_page_says_since_when_mail_does_not_go_out(reached: Flask, browse: Browse) -> None:
    reached.config.update(MAIL_HOST='mail.gz.gov.cn', MAIL_FROM='duban@gz.gov.cn')
    operator = browse('gz-office-operator')
    assert '发不出去' not in operator.get('/health').text
    failing(reached, Undelivered('邮件服务器连不上：没有应答', counted=False, line=True))
    page = operator.get('/health')
    assert '邮件从20' in page.text and '起发不出去：邮件服务器连不上：没有应答' in page.text and '等着发1封' in page.text
    assert '连不上，从20' in operator.get('/outbox').text.replace(' ', '')
    operator.client.get('/readyz')
    assert operator.client.get('/readyz').json['checks'].keys() == {'database', 'schema', 'worker'}


def test_why_a_letter_was_not_sent_is_said_in_the_readers_language(reached: Flask, browse: Browse) -> None:
    reached.config.update(MAIL_HOST='localhost', MAIL_PORT=9, MAIL_FROM='duban@gz.gov.cn', MAIL_SECURITY='none')
    Courier(engine_of(reached), channel.read({'DEMO_SENDS': 'yes'}), {'mail': Mail(reached.config)}).drain()
    operator = browse('gz-office-operator')
    assert '邮件服务器连不上：它拒绝连接' in operator.get('/outbox').text
    operator.post('/language', {'language': 'en'})
    assert 'The mail server cannot be reached: it refuses connections' in operator.get('/outbox').text
    assert 'The mail server cannot be reached: it refuses connections' in operator.get('/health').text


def test_what_an_older_program_noted_is_read_as_it_is(reached: Flask, browse: Browse) -> None:
    failing(reached, Undelivered('不收', again=False))
    with db.writing(engine_of(reached)) as session:
        session.execute(text("UPDATE delivery SET error = '没有这个信箱'"))
        session.execute(text("UPDATE channel SET error = ''"))
    assert '没有这个信箱' in browse('gz-office-operator').get('/outbox').text


def test_at_night_it_is_said_when_what_waits_goes_out(app: Flask, browse: Browse) -> None:
    """A task that is handed over in the evening before a holiday."""
    reach(app)
    advance(app, 2020, 9, 30, 21)
    register(app)
    page = browse('gz-office-operator').get('/outbox')
    assert '等着合成信' in page.text and '省发展改革委·联络员' in page.text and 'z***@fgw.gov.cn' in page.text
    assert '10月9日 周五 09:00' in page.text, 'the first working day after the holiday'
    advance(app, 2020, 10, 9, 8)
    assert '今天 09:00' in browse('gz-office-operator').get('/outbox').text
    advance(app, 2020, 10, 9, 10)
    Courier(engine_of(app), channel.read({})).drain()
    assert '等着合成信' not in browse('gz-office-operator').get('/outbox').text


def test_a_letter_that_did_not_get_through_says_when_it_is_tried_again(reached: Flask, browse: Browse) -> None:
    failing(reached, Undelivered('邮件服务器忙（451）'))
    page = browse('gz-office-operator').get('/outbox?state=waiting')
    assert '邮件服务器忙（451）' in page.text and '再试' in page.text


def test_others_do_not_see_it(reached: Flask, browse: Browse) -> None:
    for login in ('gz-fgw-liaison', 'gz-office-officer', 'gz-office-auditor'):
        browse(login).get('/outbox', status=403)
    owner = browse('gz-office-owner')
    assert not owner.get('/outbox').all('//main//form')
    owner.post('/outbox/retry', status=403)


def test_another_governments_letters_are_not_shown(reached: Flask, browse: Browse) -> None:
    failing(reached, Undelivered('不收', again=False))
    operator = browse('cz-office-operator')
    assert '没有发出 0' in operator.get('/outbox').text
    with db.reading(engine_of(reached)) as session:
        key = session.scalars(select(Delivery.id)).one()
    operator.post('/outbox/retry', {'key': key.hex}, status=404)


def test_a_channel_is_tried_out(app: Flask, browse: Browse, gateway: Gateway) -> None:
    app.config.update(gateway_settings(gateway))
    operator = browse('gz-office-operator')
    operator.get('/outbox')
    assert '短信发出去了' in operator.submit({'address': '13800000000'}, press='试发').text
    assert gateway.got[0][1]['phone'] == '13800000000'
    operator.submit({'address': '不是号码'}, press='试发', status=422)
    gateway.answer = says(503)
    operator.get('/outbox')
    assert '没有发出：网关答503' in operator.submit({'address': '13800000000'}, press='试发', status=422).text
    with db.reading(engine_of(app)) as session:
        assert session.get(Line, 'gateway').down_since is not None
        told = session.scalars(select(Event.data).where(Event.kind == 'channel.tried')).all()
    assert len(told) == 2 and '138' not in ''.join(told)


def test_a_demo_is_tried_out_only_when_told(app: Flask, browse: Browse) -> None:
    server = MailServer()
    try:
        app.config.update(mail_settings(server, DEMO_SENDS='no'))
        operator = browse('gz-office-operator')
        operator.get('/outbox')
        page = operator.submit({'address': 'a@b.cn'}, press='试发', status=422)
    finally:
        server.close()
    assert '演示用的政府不往外发' in page.text and server.letters == []


def test_every_link_of_a_letter_leads_to_a_page(app: Flask) -> None:
    adapter = app.url_map.bind('localhost')
    for place, pattern in wording.PLACES.items():
        given = 'key' if place == 'stop' else '00000000-0000-0000-0000-000000000000'
        assert adapter.match(pattern.format(given), method='GET')


def test_what_went_out_long_ago_is_forgotten(reached: Flask) -> None:
    engine = engine_of(reached)
    Courier(engine, channel.read({})).drain()
    with db.writing(engine) as session:
        session.execute(update(Delivery).values(next_at=clock.utcnow().replace(year=2020)))
    Courier(engine, channel.read({})).drain()
    with db.reading(engine) as session:
        assert session.scalars(select(Delivery)).all() == []


def test_the_command_line_lists_and_sends_again(reached: Flask, capsys: pytest.CaptureFixture,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('DATABASE_URL', reached.config['DATABASE_URL'])
    failing(reached, Undelivered('邮件服务器不收这个地址（550）', again=False))
    assert main(['outbox', 'list', '--tenant', 'gz']) == 0
    assert '没有发出的1封' in (said := capsys.readouterr().out) and '试过1次 邮件服务器不收这个地址（550）' in said
    assert 'zhang' not in said and ' 邮件 ' in said and ' mail ' not in said
    assert main(['outbox', 'retry', 'x', '--tenant', 'gz']) == 1
    assert '“x”不是信的编号' in capsys.readouterr().err
    assert main(['outbox', 'retry', '--tenant', 'gz']) == 0 and '1封马上重发' in capsys.readouterr().out


def test_the_command_line_tries_a_channel_out(app: Flask, gateway: Gateway, capsys: pytest.CaptureFixture,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {'DATABASE_URL': app.config['DATABASE_URL'], 'GATEWAY_SECRET': SECRET, 'GATEWAY_PRIVATE': 'yes',
                        'DEMO_SENDS': 'yes'}.items():
        monkeypatch.setenv(name, value)
    assert main(['outbox', 'test', 'gateway', '13800000000', '--tenant', 'gz']) == 1
    assert '短信还没有接上' in capsys.readouterr().err
    monkeypatch.setenv('GATEWAY_URL', f'http://localhost:{gateway.port}')
    assert main(['outbox', 'test', 'gateway', '13800000000', '--tenant', 'gz']) == 0
    assert '短信发出去了' in capsys.readouterr().out and len(gateway.got) == 1


def test_the_worker_does_not_start_with_settings_that_cannot_be_used(app: Flask, capsys: pytest.CaptureFixture,
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('DATABASE_URL', app.config['DATABASE_URL'])
    monkeypatch.setenv('MAIL_HOST', 'mail.gz.gov.cn')
    assert main(['work', '--until-idle']) == 1
    assert '还要写发件人 MAIL_FROM' in capsys.readouterr().err
