"""Settings: one table. Each comes from the environment variable of its name and is checked at the start."""
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from engine import channel
from engine.setting import Setting, text, values, whole, yes_no

ROOT = Path(__file__).resolve().parent.parent


class Unusable(ValueError):
    """A setting cannot be used as given; the text says for each one what to write instead."""


def _database(text: str) -> str:
    try:
        address = make_url(text.strip())
    except (ArgumentError, ValueError):                # ValueError: the port is none
        raise ValueError('要写成 sqlite:///文件 或 postgresql://用户:密码@主机/库') from None
    if address.get_backend_name() not in ('sqlite', 'postgresql'):
        raise ValueError('只支持 SQLite 和 PostgreSQL')
    if address.get_backend_name() == 'sqlite':
        if address.database in (None, '', ':memory:'):
            raise ValueError('要写明 SQLite 文件：网页和定时任务是两个进程，内存数据库不能共用')
        address = address.set(database=str((ROOT / address.database).resolve()))
    return address.render_as_string(hide_password=False)


def _secret(text: str) -> str:
    if text and len(text) < 32:
        raise ValueError('至少32个字符；不写就自动生成，存在 var 目录里')
    return text


SETTINGS = (
    Setting('DATABASE_URL', 'sqlite:///var/duban.sqlite3', _database, '数据库地址；相对路径从程序目录算起'),
    Setting('SECRET_KEY', '', _secret, '签名登录状态的密钥；不写就生成一次，存为 VAR_DIR/secret_key', hidden=True),
    Setting('VAR_DIR', 'var', text, '程序自己写文件的目录'),
    Setting('HOST', '127.0.0.1', text, '监听地址；0.0.0.0 表示所有网卡'),
    Setting('PORT', '8000', whole(1, 65535), '监听端口'),
    Setting('PROCESSES', '2', whole(1, 32), '几个进程答页面；处理器有几个核就写几个'),
    Setting('THREADS', '3', whole(1, 128), '每个进程同时处理的请求数'),
    Setting('PROXIES', '0', whole(0, 5), '前面有几层可信的反向代理（它们写 X-Forwarded-For 和 X-Forwarded-Proto）'),
    Setting('COOKIE_SECURE', 'no', yes_no, '登录状态只走 HTTPS；用 HTTPS 访问时总是这样'),
    Setting('SESSION_HOURS', '10', whole(1, 24), '登录一次最长用几小时'),
    Setting('IDLE_MINUTES', '60', whole(5, 600), '多少分钟不操作要重新登录'),
    Setting('LOCK_AFTER', '5', whole(3, 20), '连续输错几次密码后锁定'),
    Setting('LOCK_MINUTES', '30', whole(5, 1440), '锁定多少分钟'),
    Setting('UPLOAD_KB', '1024', whole(64, 65536), '一次提交最多多少 kB'),
    Setting('ATTACHMENT_KB', '10000', whole(100, 20_000), '一个附件最多多少 kB，一次最多传三倍'),
    Setting('PAGE_ROWS', '15', whole(5, 200), '清单一页几行'),
    *channel.SETTINGS,
)


def read(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """All settings by name, from `environ` or their defaults. An empty SECRET_KEY is replaced by a kept one.

    :raises Unusable: one sentence per setting that cannot be used.
    """
    found, faults = values(SETTINGS, environ)
    faults += [] if faults else channel.lacking(found)
    if faults:
        raise Unusable('\n'.join(faults))
    found['VAR_DIR'] = str((ROOT / found['VAR_DIR']).resolve())
    found['SECRET_KEY'] = found['SECRET_KEY'] or _kept_secret(Path(found['VAR_DIR']))
    return found


def _kept_secret(directory: Path) -> str:
    """The key that was generated at the first start; only its owner may read the file."""
    file = directory / 'secret_key'
    directory.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, 'w') as new:
        new.write(secrets.token_hex(32))
    return file.read_text().strip()
