"""电子邮件: one letter after the other through the government's own mail server."""
import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import formatdate, parseaddr
from typing import Any

from engine.channel.letter import Letter, Undelivered, reason, unreachable
from engine.errors import said

SECURITIES = ('starttls', 'ssl', 'none')
_BUSY = 421                 # the service asks for a pause, whatever was asked of it (RFC 5321)


class _Whole(EmailPolicy):
    """Leaves the address of a page in one piece: encoded because it is long, no mail program would know it."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == 'List-Unsubscribe' and value.isascii():
            return f'{name}: {value}{self.linesep}'.encode('ascii')
        return super().fold_binary(name, value)


_POLICY = _Whole(linesep=SMTP.linesep)


class Mail:
    """A connection that is opened for the first letter and kept until ``close``. Use it from one thread."""

    name = 'mail'

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def send(self, letter: Letter, address: str) -> None:
        """Hand one letter over; the Message-ID carries its key.

        :raises Undelivered: the server was not reached, or did not take it.
        """
        message = self._message(letter, address)
        server = self._opened()
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as fault:
            raise _unwanted(*next(iter(fault.recipients.values()))) from fault
        except smtplib.SMTPResponseException as fault:
            self.close()
            raise _refused(fault) from fault
        except (smtplib.SMTPException, OSError) as fault:
            self.close()
            raise Undelivered(said('发到一半断了：{why}', why=reason(fault)), line=True) from fault

    def close(self) -> None:
        """Say goodbye to the server, if it is still there."""
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()

    def _opened(self) -> smtplib.SMTP:
        if self._server is not None and self._alive(self._server):
            return self._server
        try:
            self._server = self._connected()
        except smtplib.SMTPAuthenticationError as fault:
            raise unreachable(said('邮件服务器不认用户名或密码（{code}），请检查 MAIL_USER、MAIL_PASSWORD',
                                   code=fault.smtp_code)) from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise unreachable(said('邮件服务器连不上：{why}', why=reason(fault))) from fault
        return self._server

    @staticmethod
    def _alive(server: smtplib.SMTP) -> bool:
        try:
            return server.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _connected(self) -> smtplib.SMTP:
        given, safe = self._settings, ssl.create_default_context()
        where = {'host': given['MAIL_HOST'], 'port': given['MAIL_PORT'], 'timeout': given['SEND_SECONDS']}
        server = smtplib.SMTP_SSL(**where, context=safe) if given['MAIL_SECURITY'] == 'ssl' else smtplib.SMTP(**where)
        try:
            if given['MAIL_SECURITY'] == 'starttls':
                server.starttls(context=safe)
            if given['MAIL_USER']:
                server.login(given['MAIL_USER'], given['MAIL_PASSWORD'])
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, letter: Letter, address: str) -> EmailMessage:
        message = EmailMessage(policy=_POLICY)
        sender = self._settings['MAIL_FROM']
        message['From'], message['To'], message['Subject'] = sender, address, letter.subject
        message['Date'] = formatdate(localtime=True)
        message['Message-ID'] = f'<{letter.key}@{parseaddr(sender)[1].partition("@")[2]}>'
        message['Auto-Submitted'] = 'auto-generated'
        if letter.stop:
            message['List-Unsubscribe'] = f'<{letter.stop}>'
        message.set_content('\n'.join(letter.lines) + '\n', cte='base64')
        return message


def _unwanted(code: int, told: bytes) -> Undelivered:
    """Why a receiver was not taken."""
    if code == _BUSY:
        return _not_taken(code, told)
    return Undelivered(said('邮件服务器不收这个地址（{code} {told}）', code=code, told=_read(told)), again=code < 500)


def _refused(fault: smtplib.SMTPResponseException) -> Undelivered:
    """Why a letter was not taken. All letters have the same sender, so none is given up because of it."""
    if isinstance(fault, smtplib.SMTPSenderRefused) and fault.smtp_code >= 500:
        return unreachable(said('邮件服务器不收本单位的发件人（{code} {told}），请检查 MAIL_FROM、MAIL_USER',
                                code=fault.smtp_code, told=_read(fault.smtp_error)))
    return _not_taken(fault.smtp_code, fault.smtp_error)


def _not_taken(code: int, told: bytes | str) -> Undelivered:
    return Undelivered(said('邮件服务器没有收（{code} {told}）', code=code, told=_read(told)), again=code < 500,
                       line=code == _BUSY)


def _read(told: bytes | str) -> str:
    text = told.decode('utf-8', 'replace') if isinstance(told, bytes) else told
    return ' '.join(text.split())[:200]
