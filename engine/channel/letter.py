"""What is sent to one person: short, nothing secret in it, the same on every channel."""
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import said


@dataclass(frozen=True)
class Letter:
    """One message on its way. ``key`` is the same at every try, so that who gets it twice can tell.

    ``stop`` is the address at which the reader stops such letters, '' where there is none.
    """

    key: str
    subject: str
    lines: Sequence[str]
    stop: str = ''

    @property
    def text(self) -> str:
        """All of it, for a channel without a subject."""
        return '\n'.join((self.subject, *self.lines))


class Undelivered(Exception):
    """A letter did not get through; ``why`` is a text that can be said again in another language.

    ``again``: it may be tried again, not before ``after`` seconds. ``counted``: it counts as a try, for the other side
    answered, or may have got it. ``line``: the trouble is not this letter's alone, so the channel rests for a while.
    """

    def __init__(self, why: str, *, again: bool = True, counted: bool = True, line: bool = False,
                 after: float = 0) -> None:
        super().__init__(why)
        self.why, self.again, self.counted, self.line, self.after = why, again, counted, line, after


def unreachable(why: str) -> Undelivered:
    """The other side was not spoken to at all."""
    return Undelivered(why, counted=False, line=True)


def reason(fault: BaseException) -> str:
    """Why a connection failed, in words for an operator."""
    for kind, told in ((ssl.SSLCertVerificationError, said('它的证书不可信，单位自己的根证书请用 SSL_CERT_FILE 指明')),
                       (ssl.SSLError, said('加密没有谈成')), (socket.gaierror, said('找不到这个主机名')),
                       (TimeoutError, said('没有应答')), (ConnectionRefusedError, said('它拒绝连接')),
                       (ConnectionError, said('连接断了'))):
        if isinstance(fault, kind):
            return told
    return ' '.join(f'{type(fault).__name__} {fault}'.split())[:200]
