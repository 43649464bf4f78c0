"""The ways out of the house, against a real mail server and a real gateway that take, refuse, hang and redirect."""
import hashlib
import hmac
import threading
from collections.abc import Iterator

import pytest

from engine import channel
from engine.channel import Letter, Undelivered
from engine.errors import Refused
from tests.engine.postbox import (CERTIFICATE, PASSWORD, SECRET, USER, Gateway, MailServer, gateway_settings,
                                  mail_settings, says, secure, settings)

LETTER = Letter('0f' * 16, '督办提醒：建立健全重点企业和项目库', ('【快到期】建立健全重点企业和项目库', '期限2020年9月30日 周三'),
                'https://duban.gz.gov.cn/contact/stop/abc')


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer()
    yield made
    made.close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.close()


def sent(given: dict, name: str, address: str) -> None:
    through = channel.opened(given)[name]
    try:
        through.send(LETTER, address)
    finally:
        through.close()


def refused(given: dict, name: str, address: str) -> Undelivered:
    with pytest.raises(Undelivered) as fault:
        sent(given, name, address)
    return fault.value


# -- e-mail ----------------------------------------------------------------------------------------------------------

def test_a_letter_arrives_with_its_key_and_the_way_to_stop_it(server: MailServer) -> None:
    sent(mail_settings(server), 'mail', 'liaison@fgw.gov.cn')
    letter = server.letters[0]
    assert letter['Subject'] == LETTER.subject and letter['To'] == 'liaison@fgw.gov.cn'
    assert letter['From'] == '督办系统 <duban@gz.gov.cn>' and letter['Message-ID'] == f'<{"0f" * 16}@gz.gov.cn>'
    assert letter['Auto-Submitted'] == 'auto-generated' and letter['List-Unsubscribe'] == f'<{LETTER.stop}>'
    assert letter.get_content().splitlines() == list(LETTER.lines)


def test_several_letters_go_over_one_connection(server: MailServer) -> None:
    through = channel.opened(mail_settings(server))['mail']
    for _ in range(3):
        through.send(LETTER, 'liaison@fgw.gov.cn')
    through.close()
    assert len(server.letters) == 3


def test_an_address_that_does_not_exist_is_not_tried_again(server: MailServer) -> None:
    server.refuse = '550 no such user'
    fault = refused(mail_settings(server), 'mail', 'nobody@fgw.gov.cn')
    assert not fault.again and '不收这个地址（550' in str(fault)
    server.refuse = '450 try later'
    assert refused(mail_settings(server), 'mail', 'nobody@fgw.gov.cn').again


def test_the_way_to_stop_letters_is_written_so_that_mail_programs_know_it(server: MailServer) -> None:
    """RFC 2369: the address of a page stands in its header as it is, however long; encoded, no program offers it."""
    stop = f'https://duban.dushanzixian.qiannanzhou.guizhou.gov.cn/contact/stop/{"k" * 43}'
    through = channel.opened(mail_settings(server))['mail']
    through.send(Letter('0f' * 16, LETTER.subject, LETTER.lines, stop), 'liaison@fgw.gov.cn')
    through.close()
    assert f'\r\nList-Unsubscribe: <{stop}>\r\n'.encode() in server.raw[0]
    assert all(len(line) <= 78 for line in server.raw[0].splitlines() if b'contact/stop' not in line)


@pytest.mark.parametrize('answer', ['530 authentication required', '553 not your address'])
def test_a_sender_that_is_not_taken_is_the_channels_trouble_not_the_letters(server: MailServer, answer: str) -> None:
    server.refuse_sender = answer
    fault = refused(mail_settings(server), 'mail', 'liaison@fgw.gov.cn')
    assert fault.line and fault.again and not fault.counted
    assert fault.why == f'邮件服务器不收本单位的发件人（{answer}），请检查 MAIL_FROM、MAIL_USER'


@pytest.mark.parametrize('place', ['refuse', 'refuse_sender'])
def test_a_mail_server_that_wants_a_pause_gets_one(server: MailServer, place: str) -> None:
    """421 is said of the service, whomever it is said about: the next letters wait as well."""
    setattr(server, place, '421 too many connections')
    fault = refused(mail_settings(server), 'mail', 'liaison@fgw.gov.cn')
    assert fault.line and fault.again and fault.why == '邮件服务器没有收（421 too many connections）'


def test_a_mail_server_that_is_gone_is_the_channels_trouble_not_the_letters(server: MailServer) -> None:
    given = mail_settings(server)
    server.close()
    fault = refused(given, 'mail', 'liaison@fgw.gov.cn')
    assert fault.line and fault.again and not fault.counted and str(fault) == '邮件服务器连不上：它拒绝连接'


def test_the_letter_waits_for_encryption_that_was_asked_for(server: MailServer) -> None:
    fault = refused(mail_settings(server, MAIL_SECURITY='starttls'), 'mail', 'liaison@fgw.gov.cn')
    assert fault.line and not fault.counted and server.letters == []
    assert refused(mail_settings(server, MAIL_SECURITY='ssl'), 'mail', 'liaison@fgw.gov.cn').line


def test_the_password_goes_to_a_server_that_shows_a_certificate_we_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    server = MailServer(tls_context=secure(), require_starttls=True, auth_required=True)
    try:
        given = mail_settings(server, MAIL_SECURITY='starttls', MAIL_USER=USER, MAIL_PASSWORD=PASSWORD)
        assert 'SSL_CERT_FILE' in str(refused(given, 'mail', 'liaison@fgw.gov.cn')), 'nobody has said that it is good'
        monkeypatch.setenv('SSL_CERT_FILE', str(CERTIFICATE))
        sent(given, 'mail', 'liaison@fgw.gov.cn')
        fault = refused({**given, 'MAIL_PASSWORD': 'wrong'}, 'mail', 'liaison@fgw.gov.cn')
    finally:
        server.close()
    assert len(server.letters) == 1 and set(server.authenticated) == {USER}
    assert '不认用户名或密码（535）' in str(fault) and not fault.counted and 'wrong' not in str(fault)


# -- the gateway -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(('shape', 'body'), [
    ('sms', {'key': LETTER.key, 'phone': '13800000000', 'text': LETTER.text}),
    ('wechat', {'touser': '13800000000', 'msgtype': 'text', 'text': {'content': LETTER.text},
                'enable_duplicate_check': 1, 'duplicate_check_interval': 14400}),
    ('dingtalk', {'userid_list': '13800000000', 'to_all_user': False,
                  'msg': {'msgtype': 'text', 'text': {'content': LETTER.text}}})])
def test_each_network_gets_its_own_shape_signed(gateway: Gateway, shape: str, body: dict) -> None:
    sent(gateway_settings(gateway, GATEWAY_SHAPE=shape), 'gateway', '13800000000')
    headers, got = gateway.got[0]
    assert got == body and headers['Idempotency-Key'] == LETTER.key
    signed = headers['X-Duban-Timestamp'].encode() + b'.' + gateway.raw[0]
    assert headers['X-Duban-Signature'] == 'sha256=' + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(('status', 'again', 'line'), [(500, True, False), (503, True, True), (429, True, True),
                                                       (400, False, False), (302, False, False)])
def test_a_gateways_answer_says_whether_to_try_again(gateway: Gateway, status: int, again: bool, line: bool) -> None:
    gateway.answer = says(status, Location='http://localhost:1/elsewhere', Retry_After='120')
    fault = refused(gateway_settings(gateway), 'gateway', '13800000000')
    assert (fault.again, fault.line, fault.after, fault.counted) == (again, line, 120, True)
    assert len(gateway.got) == 1, 'a redirect is not followed'


def test_a_gateway_that_answers_200_may_still_have_refused(gateway: Gateway) -> None:
    gateway.answer = says(200, b'{"errcode": 40001, "errmsg": "invalid 13800000000"}')
    fault = refused(gateway_settings(gateway, GATEWAY_SHAPE='wechat'), 'gateway', '13800000000')
    assert '40001' in str(fault) and '138' not in str(fault)


@pytest.mark.parametrize('page', [b'<!DOCTYPE html><title>\xe7\x99\xbb\xe5\xbd\x95</title>', b'\xef\xbb\xbf\n <HTML><body>403',
                                  b'<!-- guard -->\n<script>top.location="/login"</script>'])
def test_a_page_is_no_answer_of_a_gateway(gateway: Gateway, page: bytes) -> None:
    """A guard or a sign-in that stands before the gateway answers 200 as well; the letter is tried again."""
    gateway.answer = says(200, page)
    fault = refused(gateway_settings(gateway), 'gateway', '13800000000')
    assert (fault.again, fault.line, fault.counted) == (True, True, True) and 'GATEWAY_URL' in str(fault)
    gateway.answer = says(200, b'<ok/>')
    sent(gateway_settings(gateway), 'gateway', '13800000000')


def test_a_gateway_that_hangs_is_left_after_its_seconds_and_may_have_got_the_letter(gateway: Gateway) -> None:
    over = threading.Event()
    gateway.answer = lambda _: over.wait(20)
    fault = refused(gateway_settings(gateway), 'gateway', '13800000000')
    over.set()
    assert fault.line and fault.counted and '没有应答' in str(fault)


def test_a_gateway_inside_is_only_called_where_that_is_allowed(gateway: Gateway) -> None:
    fault = refused(gateway_settings(gateway, GATEWAY_PRIVATE='no'), 'gateway', '13800000000')
    assert '在内网' in str(fault) and 'GATEWAY_PRIVATE=yes' in str(fault) and gateway.got == []


def test_a_gateway_that_is_gone_is_the_channels_trouble(gateway: Gateway) -> None:
    given = gateway_settings(gateway)
    gateway.close()
    fault = refused(given, 'gateway', '13800000000')
    assert fault.line and not fault.counted and str(fault) == '网关连不上：它拒绝连接'


# -- settings --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(('given', 'said'), [
    ({'MAIL_PORT': 'x'}, 'MAIL_PORT'), ({'MAIL_SECURITY': 'tls'}, 'starttls、ssl、none'),
    ({'MAIL_FROM': '督办'}, 'MAIL_FROM'),
    ({'MAIL_HOST': 'mail'}, '还要写发件人 MAIL_FROM'), ({'GATEWAY_URL': 'ftp://x'}, 'https://主机/路径'),
    ({'GATEWAY_URL': 'https://gateway'}, 'GATEWAY_SECRET'), ({'DEMO_SENDS': 'maybe'}, 'DEMO_SENDS'),
    ({'MAIL_HOST': 'm', 'MAIL_FROM': 'a@b.cn', 'MAIL_PASSWORD': 'p', 'MAIL_SECURITY': 'none'}, '不能不加密'),
    ({'MAIL_FROM': 'a@b.cn\nBcc: c@d.cn'}, 'MAIL_FROM')])
def test_a_setting_that_cannot_be_used_is_said_at_the_start(given: dict[str, str], said: str) -> None:
    with pytest.raises(Refused) as fault:
        settings(**given)
    assert said in str(fault.value)


def test_nothing_set_up_sends_nothing() -> None:
    assert channel.opened(settings()) == {}
