"""Ways out of the house: e-mail and the gateway for 短信, 政务微信, 钉钉. What they are given comes from the outbox."""
from collections.abc import Mapping
from typing import Any, Protocol

from engine.channel.gateway import SHAPES, Gateway
from engine.channel.letter import Letter, Undelivered
from engine.channel.mail import Mail
from engine.channel.settings import SETTINGS, lacking, read
from engine.errors import said

__all__ = ['NAMES', 'SETTINGS', 'Channel', 'Letter', 'Undelivered', 'called', 'lacking', 'opened', 'read']

NAMES = ('mail', 'gateway')


class Channel(Protocol):
    """What carries letters away."""

    name: str

    def send(self, letter: Letter, address: str) -> None: ...
    def close(self) -> None: ...


def opened(settings: Mapping[str, Any]) -> dict[str, Channel]:
    """The channels that the settings name, by name; nothing is connected yet."""
    found: list[Channel] = [Mail(settings)] if settings['MAIL_HOST'] else []
    return {one.name: one for one in (*found, *([Gateway(settings)] if settings['GATEWAY_URL'] else []))}


def called(name: str, settings: Mapping[str, Any]) -> str:
    """What a channel is called here: 邮件, or the gateway's network."""
    return said('邮件') if name == 'mail' else SHAPES[settings['GATEWAY_SHAPE']][0]
