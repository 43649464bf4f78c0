"""What a command names (a government, a post, a matter, a task, data, files): found, or refused with a sentence."""
import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from errno import EACCES, EISDIR, ENAMETOOLONG, ENOENT, ENOSPC, ENOTDIR, EPERM, EROFS
from os.path import isdir
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, deployment, directory
from engine.deployment import Bundle
from engine.directory import Tenant
from engine.errors import NotFound, Refused
from engine.history import Actor
from engine.ledger import Matter
from engine.usertask import UserTask

_WHY = {EISDIR: '这是文件夹', EACCES: '没有权限', EPERM: '没有权限', EROFS: '那里只能读', ENOSPC: '磁盘满了',
        ENOTDIR: '路径里有一段不是文件夹', ENAMETOOLONG: '名称太长'}
SUFFIXES = ('.bpmn', '.dmn', '.form', '.docx', '.story')


def tenant(session: Session, wanted: str | None) -> Tenant:
    """The government that --tenant names, or the only one there is."""
    if wanted:
        return directory.tenant(session, wanted)
    known = list(session.scalars(select(Tenant).order_by(Tenant.id).limit(20)))
    if not known:
        raise Refused('还没有一个政府，先运行 duban init')
    if len(known) > 1:
        raise Refused('有{count}个政府，请用 --tenant 写明是哪一个：{known}', count=len(known),
                      known='、'.join(f'{one.id}（{one.name}）' for one in known))
    return known[0]


def bundle(session: Session, tenant: Tenant) -> Bundle:
    """What new matters of the government run on.

    :raises NotFound: nothing is deployed.
    """
    current = deployment.current(session, tenant.id)
    if current is None:
        raise NotFound('{tenant}还没有发布流程，先用 duban deploy 发布。', tenant=tenant.name)
    return deployment.bundle(session, current.id)


def actor(session: Session, tenant_id: str, reference: str) -> Actor:
    """The post "unit/post" as whom a command acts.

    :raises NotFound: the government has no such post.
    """
    unit, _, post = reference.partition('/')
    if session.get(directory.Post, (tenant_id, unit, post)) is None:
        raise NotFound('没有“{reference}”这个岗位，要写成 单位代码/岗位，例如 office/officer', reference=reference)
    return Actor(directory.post_name(session, tenant_id, reference), unit, post)


def hand(session: Session, tenant: Tenant, args: argparse.Namespace) -> Actor:
    """Who turns the screws: the post of --as, else whoever sits at the machine."""
    return actor(session, tenant.id, args.as_post) if getattr(args, 'as_post', None) else Actor('命令行')


def matter(session: Session, reference: str, tenant: str | None) -> Matter:
    """A matter by its code (DB-2020-005) or its id; a code that several governments use needs --tenant."""
    key = _uuid(reference)
    query = select(Matter).where(Matter.id == key) if key else select(Matter).where(Matter.code == reference)
    found = list(session.scalars(query.where(Matter.tenant == tenant) if tenant else query))
    if not found:
        raise NotFound('没有找到事项“{reference}”，可以写编号（DB-2020-005）或者 id', reference=reference)
    if len(found) > 1:
        raise Refused('有{count}个政府用编号“{reference}”，请用 --tenant 写明：{known}', count=len(found),
                      reference=reference, known='、'.join(sorted(one.tenant for one in found)))
    return found[0]


def task(session: Session, reference: str, tenant: str | None, state: str = 'open') -> UserTask:
    """A task by its id, or as "DB-2020-005/sign": the open task of that element; with the state `done`, the last done."""
    if key := _uuid(reference):
        found = session.get(UserTask, key)
        if found is None:
            raise NotFound('没有找到任务“{reference}”', reference=reference)
        return found
    code, slash, element = reference.rpartition('/')
    if not slash:
        raise Refused('任务要写 id，或者 事项编号/环节，例如 DB-2020-005/sign；您写的是{reference}', reference=reference)
    about = matter(session, code, tenant)
    unit, _, element = element.rpartition('@')
    query = select(UserTask).where(UserTask.matter_id == about.id, UserTask.element == element,
                                   UserTask.state == state, UserTask.asks.is_(None))
    found = list(session.scalars((query.where(UserTask.unit == unit) if unit else query).order_by(
        UserTask.closed_at.desc(), UserTask.closed_turn.desc())))
    open_tasks = found[:1] if state == 'done' else found
    if not open_tasks and state == 'done':
        raise NotFound('事项{code}还没有办过“{element}”这个任务', code=code, element=element)
    if not open_tasks:
        raise NotFound('事项{code}现在没有“{element}”这个任务等人办', code=code, element=element)
    if len(open_tasks) > 1:
        raise Refused('“{element}”有{count}家要办，请写成 {code}/单位@{element}：{known}', element=element, code=code,
                      count=len(open_tasks), known='、'.join(sorted(one.unit for one in open_tasks)))
    return open_tasks[0]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def data(text: str | None) -> dict[str, Any]:
    """The object after --data: JSON, or @file, or - for standard input."""
    if text is None:
        return {}
    if text == '-':
        raw: str | bytes = sys.stdin.buffer.read()
    else:
        raw = content(Path(text[1:])) if text.startswith('@') else text
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refused('--data 不是完整的 JSON（第{line}行），请检查引号、逗号和括号。', line=error.lineno) from None
    if not isinstance(found, dict):
        raise Refused('--data 要写成一个对象，例如 {example}', example='{"title": "…"}')
    return found


def content(path: Path) -> bytes:
    """What stands in a file."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused('读不了文件 {path}：{cause}', path=path, cause=_why(error, '没有这个文件')) from None


@contextmanager
def written(path: str | Path) -> Iterator[Path]:
    """A file that is being written. :raises Refused: it cannot be."""
    try:
        yield Path(path)
    except OSError as error:
        raise Refused('写不了文件 {path}：{cause}', path=path, cause=_why(error, '没有这个文件夹')) from None


def _why(error: OSError, missing: str) -> str:
    return {ENOENT: missing, **_WHY}.get(error.errno, error.strerror)


def files(paths: list[str]) -> dict[str, bytes]:
    """Diagrams, tables and forms: the files named, and those in the folders named."""
    found: dict[str, bytes] = {}
    for path in map(Path, paths):                            # isdir says no where path.is_dir() raises
        inside = sorted(one for one in path.rglob('*') if one.suffix in SUFFIXES) if isdir(path) else [path]
        found.update((readable(one.name), content(one)) for one in inside)
    if not found:
        raise Refused('{paths} 里没有流程图（.bpmn）、决策表（.dmn）、表单（.form）或文书模板（.docx）', paths='、'.join(paths))
    return found


def readable(text: str) -> str:
    """What was typed, or the name of a file. :raises Refused: it is in another encoding, so nothing can keep or say it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        shown = text.encode(errors='replace').decode()
        raise Refused('“{text}”的编码不是 UTF-8。请把终端设为 UTF-8；文件名不是的，请先改名', text=shown) from None
    return text


def local(moment: datetime | None, tenant: Tenant) -> str:
    """A moment as the government's clock shows it."""
    return moment.astimezone(clock.zone(tenant.zone)).strftime('%Y-%m-%d %H:%M') if moment else '—'


def moment(text: str, zone: str, also: str = '') -> datetime:
    """The moment that was written, in the zone where none is said; a day alone means its nine o'clock.

    ``also`` is what else could have been written here, for the sentence of refusal.

    :raises Refused: it is no date, or of a year in which nothing is counted.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused('时间要写成 2026-03-02 或 2026-03-02T09:00{also}；您写的是{text}', also=also, text=text) from None
    if at.year not in clock.YEARS:
        raise Refused('日期要在{first}年到{last}年之间。', first=clock.YEARS[0], last=clock.YEARS[-1])
    if len(text) <= 10:
        at = at.replace(hour=9)
    return at if at.tzinfo else at.replace(tzinfo=clock.zone(zone))


def pairs(given: Iterable[str]) -> dict[str, str]:
    """``name=value`` as often as it was written.

    :raises Refused: one has no ``=``.
    """
    found = {}
    for one in given:
        name, sign, value = one.partition('=')
        if not sign or not name:
            raise Refused('“{one}”要写成 名字=值。', one=one)
        found[name.strip()] = value.strip()
    return found
