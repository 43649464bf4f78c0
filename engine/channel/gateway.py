"""短信、政务微信、钉钉: one signed HTTP POST to the government's own gateway, which alone knows these networks.

The gateway checks ``X-Duban-Signature``: HMAC-SHA256 with the common secret over the timestamp, a full stop and the
body. ``Idempotency-Key`` is the same at every try of a letter.
"""
import hashlib
import hmac
import http.client
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import orjson

from engine.channel.letter import Letter, Undelivered, reason, unreachable
from engine.errors import said

_LONGEST_PAUSE = 86_400     # seconds that a gateway may ask us to wait
_READ = 2_000               # bytes of an answer that are looked at
_PAGE = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body|script)\b', re.I | re.S)

SHAPES: dict[str, tuple[str, Callable[[str, str, str], dict[str, Any]]]] = {
    'sms': (said('短信'), lambda key, to, text: {'key': key, 'phone': to, 'text': text}),
    'wechat': (said('政务微信'), lambda key, to, text: {
        'touser': to, 'msgtype': 'text', 'text': {'content': text}, 'enable_duplicate_check': 1,
        'duplicate_check_interval': 14_400}),
    'dingtalk': (said('钉钉'), lambda key, to, text: {
        'userid_list': to, 'to_all_user': False, 'msg': {'msgtype': 'text', 'text': {'content': text}}})}
"""By name: what it is called, and the body it makes of key, receiver and text. Account and token are the gateway's."""


class Gateway:
    """The gateway of the settings. Each letter has a connection of its own."""

    name = 'gateway'

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._address = urlsplit(settings['GATEWAY_URL'])
        self._secret = settings['GATEWAY_SECRET'].encode()
        self._shape = SHAPES[settings['GATEWAY_SHAPE']][1]
        self._private, self._seconds = settings['GATEWAY_PRIVATE'], settings['SEND_SECONDS']

    def send(self, letter: Letter, address: str) -> None:
        """Hand one letter over.

        :raises Undelivered: the gateway was not reached, or did not answer 2xx, or answered with a page. A redirect
            counts as a refusal.
        """
        body = orjson.dumps(self._shape(letter.key, address, letter.text))
        connection = self._opened()
        try:
            connection.request('POST', self._target(), body, self._headers(letter.key, body))
            answer = connection.getresponse()
            told = answer.read(_READ)
        except (http.client.HTTPException, OSError) as fault:
            raise Undelivered(said('网关没有办完：{why}', why=reason(fault)), line=True) from fault
        finally:
            connection.close()
        _judge(answer, told)

    def close(self) -> None:
        """Nothing is kept open."""

    def _target(self) -> str:
        return (self._address.path or '/') + (f'?{self._address.query}' if self._address.query else '')

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        at = str(int(time.time()))
        return {'Content-Type': 'application/json; charset=utf-8', 'User-Agent': 'Duban', 'Idempotency-Key': key,
                'X-Duban-Timestamp': at, 'X-Duban-Signature': f'sha256={signature(self._secret, at, body)}'}

    def _opened(self) -> http.client.HTTPConnection:
        """A connection to the very address that was looked at, so that no second answer of the name server counts."""
        secure, host = self._address.scheme == 'https', self._address.hostname
        port = self._address.port or (443 if secure else 80)
        connection = http.client.HTTPConnection(host, port, timeout=self._seconds)
        try:
            plain = socket.create_connection((self._resolved(host, port), port), self._seconds)
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
        except OSError as fault:
            raise unreachable(said('网关连不上：{why}', why=reason(fault))) from fault
        return connection

    def _resolved(self, host: str, port: int) -> str:
        found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        inside = [address for address in found if not ipaddress.ip_address(address.partition('%')[0]).is_global]
        if inside and not self._private:
            raise unreachable(said('网关地址 {address} 在内网，没有发。确实是本单位的网关，请设 GATEWAY_PRIVATE=yes',
                                   address=inside[0]))
        return found[0]


def signature(secret: bytes, at: str, body: bytes) -> str:
    """What a gateway computes to know that a letter is ours."""
    return hmac.new(secret, at.encode() + b'.' + body, hashlib.sha256).hexdigest()


def _judge(answer: http.client.HTTPResponse, body: bytes) -> None:
    """Whether the gateway took it. The answer's own words may quote the receiver, so only a code in them is told."""
    status = answer.status
    if status < 300:
        return _inside(body)
    again = status in (408, 425, 429) or status >= 500
    raise Undelivered(said('网关答{status}', status=status), again=again, line=status in (429, 503),
                      after=_asked(answer.headers))


def _inside(body: bytes) -> None:
    """政务微信 and 钉钉 answer 200 and say in ``errcode`` what is wrong; a page is somebody else's, such as a guard's that
    stands before the gateway."""
    if _PAGE.match(body):
        raise Undelivered(said('网关答的是网页，请检查 GATEWAY_URL，再看是不是被拦在前面'), line=True)
    try:
        told = orjson.loads(body)
    except ValueError:
        return
    code = told.get('errcode', 0) if isinstance(told, dict) else 0
    if code not in (0, '0'):
        raise Undelivered(said('网关答错误码{code}', code=str(code)[:20]))


def _asked(headers: Mapping[str, str]) -> float:
    """The seconds of ``Retry-After``, which may be a date."""
    text = headers.get('Retry-After') or ''
    if text.isascii() and text.isdecimal():
        return min(float(text), _LONGEST_PAUSE)
    try:
        return min(max(0.0, parsedate_to_datetime(text).timestamp() - time.time()), _LONGEST_PAUSE)
    except ValueError:
        return 0.0
