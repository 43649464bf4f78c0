"""A real mail server and a real gateway on this machine: they keep what they get, and misbehave when told to."""
import email
import socket
import ssl
import threading
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from engine import channel

CERTIFICATE = Path(__file__).with_name('localhost.pem')
"""A certificate that says it is localhost, with its key; made for these tests, nobody else trusts it."""
SECRET = 'a-common-secret-of-both'
USER, PASSWORD = 'duban', 'mail-password'


def settings(**given: str) -> dict[str, Any]:
    """What the environment says, read as at the start; everything else stands at its default."""
    return channel.read(given)


def mail_settings(server: 'MailServer', **given: str) -> dict[str, Any]:
    """Settings that lead to this mail server."""
    return settings(**{'MAIL_HOST': 'localhost', 'MAIL_PORT': str(server.port), 'MAIL_SECURITY': 'none',
                       'SEND_SECONDS': '2', 'MAIL_FROM': '督办系统 <duban@gz.gov.cn>', 'DEMO_SENDS': 'yes',
                       'PUBLIC_URL': 'https://duban.gz.gov.cn', **given})


def gateway_settings(gateway: 'Gateway', **given: str) -> dict[str, Any]:
    """Settings that lead to this gateway."""
    return settings(**{'GATEWAY_URL': f'http://localhost:{gateway.port}/send?from=duban', 'GATEWAY_SECRET': SECRET,
                       'GATEWAY_PRIVATE': 'yes', 'SEND_SECONDS': '1', 'DEMO_SENDS': 'yes', **given})


class MailServer:
    """Takes letters by SMTP; `refuse` is the answer to a receiver, such as ``550 no such user``, and `refuse_sender` the
    one to who sends. `raw` holds the letters as they came over the line."""

    def __init__(self, **how: Any) -> None:
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.refuse, self.refuse_sender, self.authenticated = '', '', []
        with socket.create_server(('localhost', 0)) as free:
            self.port: int = free.getsockname()[1]
        self._controller = Controller(self, hostname='localhost', port=self.port,
                                      authenticator=self.authenticate, **how)
        self._controller.start()

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """A sender is named."""
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        return '250 OK'

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """A receiver is named."""
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """A letter is there."""
        self.raw.append(envelope.content)
        self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        return '250 OK'

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _how: str, given: Any) -> AuthResult:
        """Only one user is known."""
        self.authenticated.append(given.login.decode())
        return AuthResult(success=(given.login, given.password) == (USER.encode(), PASSWORD.encode()), handled=False)

    def close(self) -> None:
        """It is gone; nobody answers at its port."""
        if self._controller.loop.is_running():
            self._controller.stop()


def secure() -> ssl.SSLContext:
    """How a server shows the certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


class Gateway:
    """Takes letters by HTTP POST. Each answer is made by `answer`, which gets the handler and may hang or refuse."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.raw: list[bytes] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = says(200)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers['Content-Length']))
                outer.raw.append(body)
                outer.got.append((dict(self.headers.items()), orjson.loads(body)))
                outer.answer(self)

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(('localhost', 0), Handler)
        self.port: int = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True).start()

    def close(self) -> None:
        """Nobody answers at its port any more."""
        self._server.shutdown()
        self._server.server_close()


def says(status: int, body: bytes = b'{}', **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer of a gateway."""
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace('_', '-'), value)
        handler.send_header('Content-Length', str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
    return answer
