"""How letters leave the house: environment settings, checked at the start of the worker and of the web."""
import os
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from engine.channel.gateway import SHAPES
from engine.channel.mail import SECURITIES
from engine.errors import Refused
from engine.setting import Setting, one_of, text, values, whole, yes_no

SHORTEST_SECRET = 16


def _address(text: str) -> str:
    sent = parseaddr(text)[1]
    if text.strip() and ('@' not in sent or any(sign in text for sign in '\r\n')):
        raise ValueError('要写成 督办系统 <duban@example.gov.cn>')
    return text.strip()


def _url(text: str) -> str:
    parts = urlsplit(text.strip())
    if text.strip() and not (parts.scheme in ('http', 'https') and parts.hostname):
        raise ValueError('要写成 https://主机/路径')
    return text.strip().rstrip('/')


SETTINGS = (
    Setting('PUBLIC_URL', '', _url, '别人打开督办用的地址，提醒里的链接从它开始；不写，提醒里就没有链接'),
    Setting('MAIL_HOST', '', text, '发提醒的邮件服务器；不写就不发邮件'),
    Setting('MAIL_PORT', '587', whole(1, 65535), '邮件服务器的端口'),
    Setting('MAIL_SECURITY', 'starttls', one_of(*SECURITIES), '邮件怎样加密：starttls、ssl、none'),
    Setting('MAIL_USER', '', text, '邮件服务器的用户名；不写就不登录'),
    Setting('MAIL_PASSWORD', '', str, '邮件服务器的密码', hidden=True),
    Setting('MAIL_FROM', '', _address, '发件人，例如 督办系统 <duban@example.gov.cn>'),
    Setting('GATEWAY_URL', '', _url, '短信、政务微信、钉钉网关的地址；不写就不发'),
    Setting('GATEWAY_SECRET', '', text, '与网关共用的密钥，给每次请求签名，至少16个字符', hidden=True),
    Setting('GATEWAY_SHAPE', 'sms', one_of(*SHAPES), '网关要的写法：sms、wechat、dingtalk'),
    Setting('GATEWAY_PRIVATE', 'no', yes_no, '网关在内网地址上（yes 才往内网发）'),
    Setting('SEND_SECONDS', '10', whole(1, 60), '等邮件服务器、网关应答最多几秒'),
    Setting('DEMO_SENDS', 'no', yes_no, '演示用的政府也真的往外发（yes 才发）'),
)


def read(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The values by name.

    :raises Refused: one sentence per setting that cannot be used.
    """
    found, faults = values(SETTINGS, environ)
    faults += [] if faults else lacking(found)
    if faults:
        raise Refused('{faults}', faults='\n'.join(faults))
    return found


def lacking(found: Mapping[str, Any]) -> list[str]:
    """What settings that are each right lack together, one sentence each."""
    faults = []
    if found['MAIL_HOST'] and not found['MAIL_FROM']:
        faults.append('设置了 MAIL_HOST，还要写发件人 MAIL_FROM。')
    if found['MAIL_PASSWORD'] and found['MAIL_SECURITY'] == 'none':
        faults.append('邮件密码不能不加密就送出去：MAIL_SECURITY 请写 starttls 或 ssl。')
    if found['GATEWAY_URL'] and len(found['GATEWAY_SECRET']) < SHORTEST_SECRET:
        faults.append(f'设置了 GATEWAY_URL，还要写至少{SHORTEST_SECRET}个字符的 GATEWAY_SECRET。')
    return faults
