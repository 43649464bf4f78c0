"""The command line: the same verbs as the pages, for operators, scripts and tests. ``duban VERB …``.

It ends with 0 when the thing was done, 1 when it was refused (one Chinese sentence), 2 when the command was not
understood, 3 when a diagram failed and an incident was opened.
"""
import argparse
import getpass
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Engine, func, inspect, select
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from engine import (actions, clock, db, demo, deployment, directory, gate, history, incident, instance, parameter,
                    schema, worker, workcal)
from engine.db import carry_out, reading, writing
from engine.directory import Tenant
from engine.errors import Failed, Invalid, NotFound, Refused, Undeployable
from engine.history import Actor, Kind
from engine.ledger import FACTS, Matter
from engine.usertask import UserTask

DEFAULT_URL = 'sqlite:///var/duban.sqlite3'
DONE, REFUSED, FAILED = 0, 1, 3
SUFFIXES = ('.bpmn', '.dmn', '.form')
_SPAN = re.compile(r'P?T?(\d{1,5})([dhmDHM天时分])')
_PARTS = {'d': 'days', '天': 'days', 'h': 'hours', '时': 'hours', 'm': 'minutes', '分': 'minutes'}


class Answer:
    """What a verb has to say: `data` for --json, `lines` for a person, `code` for the shell."""

    def __init__(self, data: Any, lines: Iterable[str] | str, code: int = DONE) -> None:
        self.data, self.code = data, code
        self.lines = [lines] if isinstance(lines, str) else list(lines)


# -- where and who -----------------------------------------------------------------------------------------------------


def _tenant(session: Session, wanted: str | None) -> Tenant:
    """The government that --tenant names, or the only one there is."""
    if wanted:
        return directory.tenant(session, wanted)
    known = list(session.scalars(select(Tenant).order_by(Tenant.id).limit(20)))
    if not known:
        raise Refused('还没有一个政府，先运行 duban init')
    if len(known) > 1:
        raise Refused('有{count}个政府，请用 --tenant 写明是哪一个：{known}', count=len(known),
                      known='、'.join(f'{tenant.id}（{tenant.name}）' for tenant in known))
    return known[0]


def _actor(session: Session, tenant_id: str, reference: str) -> Actor:
    """The post "unit/post" as whom a command acts.

    :raises NotFound: the government has no such post.
    """
    unit, _, post = reference.partition('/')
    if session.get(directory.Post, (tenant_id, unit, post)) is None:
        raise NotFound('没有“{reference}”这个岗位，要写成 单位代码/岗位，例如 office/officer', reference=reference)
    return Actor(directory.post_name(session, tenant_id, reference), unit, post)


def _hand(session: Session, tenant: Tenant, args: argparse.Namespace) -> Actor:
    """Who turns the screws: the post of --as, else whoever sits at the machine."""
    return _actor(session, tenant.id, args.as_post) if getattr(args, 'as_post', None) else Actor('命令行')


def _matter(session: Session, reference: str, tenant: str | None) -> Matter:
    """A matter by its code (DB-2020-005) or its id; a code that several governments use needs --tenant."""
    key = _uuid(reference)
    query = select(Matter).where(Matter.id == key) if key else select(Matter).where(Matter.code == reference)
    found = list(session.scalars(query.where(Matter.tenant == tenant) if tenant else query))
    if not found:
        raise NotFound('没有找到事项“{reference}”，可以写编号（DB-2020-005）或者 id', reference=reference)
    if len(found) > 1:
        raise Refused('有{count}个政府用编号“{reference}”，请用 --tenant 写明：{known}', count=len(found),
                      reference=reference, known='、'.join(sorted(matter.tenant for matter in found)))
    return found[0]


def _task(session: Session, reference: str, tenant: str | None) -> UserTask:
    """A task by its id, or as "DB-2020-005/sign": the open task of that element."""
    if key := _uuid(reference):
        found = session.get(UserTask, key)
        if found is None:
            raise NotFound('没有找到任务“{reference}”', reference=reference)
        return found
    code, slash, element = reference.rpartition('/')
    if not slash:
        raise Refused('任务要写 id，或者 事项编号/环节，例如 DB-2020-005/sign；您写的是{reference}', reference=reference)
    matter = _matter(session, code, tenant)
    unit, _, element = element.rpartition('@')
    query = select(UserTask).where(UserTask.matter_id == matter.id, UserTask.element == element,
                                   UserTask.state == 'open')
    open_tasks = list(session.scalars(query.where(UserTask.unit == unit) if unit else query))
    if not open_tasks:
        raise NotFound('事项{code}现在没有“{element}”这个任务等人办', code=code, element=element)
    if len(open_tasks) > 1:
        raise Refused('“{element}”有{count}家要办，请写成 {code}/单位@{element}：{known}', element=element, code=code,
                      count=len(open_tasks), known='、'.join(sorted(task.unit for task in open_tasks)))
    return open_tasks[0]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _data(text: str | None) -> dict[str, Any]:
    """The object after --data: JSON, or @file, or - for standard input."""
    if text is None:
        return {}
    if text == '-':
        raw: str | bytes = sys.stdin.buffer.read()
    else:
        raw = _read(Path(text[1:])) if text.startswith('@') else text
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Refused('--data 不是完整的 JSON（第{line}行）：{cause}', line=error.lineno, cause=error.msg) from None
    if not isinstance(found, dict):
        raise Refused('--data 要写成一个对象，例如 {example}', example='{"title": "…"}')
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused('读不了文件 {path}：{cause}', path=path, cause=error.strerror) from None


def _files(paths: list[str]) -> dict[str, bytes]:
    """Diagrams, tables and forms: the files named, and those in the folders named."""
    found: dict[str, bytes] = {}
    for path in map(Path, paths):
        inside = sorted(one for one in path.rglob('*') if one.suffix in SUFFIXES) if path.is_dir() else [path]
        found.update((one.name, _read(one)) for one in inside)
    if not found:
        raise Refused('{paths} 里没有流程图（.bpmn）、决策表（.dmn）或表单（.form）', paths='、'.join(paths))
    return found


def _local(moment: datetime | None, tenant: Tenant) -> str:
    return moment.astimezone(clock.zone(tenant.zone)).strftime('%Y-%m-%d %H:%M') if moment else '—'


# -- verbs -------------------------------------------------------------------------------------------------------------


def init(engine: Engine, args: argparse.Namespace) -> Answer:
    """Make the tables; fill them with the demo, or with one government of one's own."""
    if engine.url.database and engine.dialect.name == 'sqlite':
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    if inspect(engine).has_table(Tenant.__tablename__):
        with reading(engine) as session:
            if session.scalar(select(func.count()).select_from(Tenant)):
                raise Refused('这个数据库已经有内容，没有改动：{url}', url=engine.url.render_as_string())
    schema.create(engine)
    if args.demo:
        loaded = demo.load(engine, _files(_shipped()), said=None if args.json else _progress)
        return Answer(loaded.data(), loaded.lines())
    if args.tenant:
        return _found(engine, args)
    return Answer({'tables': True}, '表建好了，里面还没有内容。建一个政府：duban init --tenant 代码 --name 名称 --level 市')


def _found(engine: Engine, args: argparse.Namespace) -> Answer:
    """A government of one's own, on real time, with the shipped diagrams and the published calendar."""
    files = _files(_shipped())
    with writing(engine) as session:
        tenant = Tenant(id=args.tenant, name=args.name or args.tenant, level=args.level,
                        covered_until=clock.utcnow().date())
        session.add(tenant)
        session.flush()
        workcal.seed(session, tenant)
        _publish(session, tenant, files, Actor('命令行'), '首次发布')
        name = tenant.name
    return Answer({'tenant': args.tenant}, f'{name}建好了，流程已发布。接着用 duban account add 建单位、岗位和账号。')


def _shipped() -> list[str]:
    """The folders of the diagrams and forms that come with Duban."""
    root = Path(__file__).resolve().parent.parent
    return [str(root / 'workflows'), str(root / 'forms')]


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def check(engine: Engine, args: argparse.Namespace) -> Answer:
    """Look at diagrams, tables and forms as deploying would; print every finding."""
    findings = gate.check(_files(args.paths), _topics(), FACTS)
    refused = [finding for finding in findings if finding.severity == 'refuse']
    summary = (f'有{len(refused)}处必须修改' if refused else '可以发布') + f'，共{len(findings)}条'
    return Answer([_finding(finding) for finding in findings], [*_said(findings), summary],
                  REFUSED if refused else DONE)


def _topics() -> dict[str, Mapping]:
    """The actions that a diagram may call, with their inputs, as the gate wants them."""
    return {topic: action.parameters() for topic, action in actions.known().items()}


def _said(findings: Iterable[Any]) -> list[str]:
    word = {'refuse': '■ 必须修改', 'warn': '▲ 提醒', 'repair': '● 已修好'}
    return [f'{word[finding.severity]} {finding.file}{f" 第{finding.line}行" if finding.line else ""} '
            f'{finding.element or ""} {finding.zh}（{finding.code}）' for finding in findings]


def _finding(finding: Any) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in ('code', 'severity', 'file', 'element', 'name', 'line', 'zh', 'en')}


def deploy(engine: Engine, args: argparse.Namespace) -> Answer:
    """Make diagrams, tables and forms the version that new matters run on."""
    files = _files(args.paths)
    with writing(engine) as session:
        tenant = _tenant(session, args.tenant)
        made = _publish(session, tenant, files, _hand(session, tenant, args), args.note)
        return Answer({'deployment': made.id, 'version': made.number, 'files': sorted(files)},
                      f'在用的是第{made.number}版，新事项照它走；已经在办的事项仍按原来的版本走到底。')


def _publish(session: Session, tenant: Tenant, files: Mapping[str, bytes], actor: Actor,
             note: str) -> deployment.Deployment:
    """A new version and its event; nothing where nothing changed."""
    before = deployment.current(session, tenant.id)
    made = deployment.deploy(session, tenant.id, files, actor.said, note, clock.now(tenant), _topics(), FACTS)
    if before is None or made.id != before.id:
        history.record(session, tenant.id, actor, Kind.DEPLOYMENT_MADE, f'发布第{made.number}版：{note or "没有写说明"}',
                       {'deployment': made.id, 'number': made.number, 'hash': made.hash, 'files': sorted(files)})
    return made


def start(engine: Engine, args: argparse.Namespace) -> Answer:
    """Begin a process; `matter` opens a matter of its own."""
    data, answers = _data(args.data), _data(args.answers)
    with reading(engine) as session:
        matter = _matter(session, args.matter, args.tenant) if args.matter else None
        tenant = _tenant(session, matter.tenant if matter else args.tenant)
        actor = _actor(session, tenant.id, args.as_post)
        tenant_id, matter_id = tenant.id, matter and matter.id
    plan = incident.carry_out_or_open(
        engine, lambda session: instance.start(session, tenant_id, args.process, actor, data, matter_id=matter_id,
                                               answers=answers), tenant_id=tenant_id, verb='start')
    return _after(engine, tenant_id, plan, '已开始')


def _after(engine: Engine, tenant_id: str, plan: Any, what: str) -> Answer:
    """What follows from a step: the tasks that it opened, and for whom."""
    with reading(engine) as session:
        matter = session.get(Matter, plan.matter_id) if plan.matter_id else None
        opened = [{'task': str(row['id']), 'element': row['element'], 'name': _flat(row['name']),
                   'post': f'{row["unit"]}/{row["post"]}',
                   'said': directory.post_name(session, tenant_id, f'{row["unit"]}/{row["post"]}')}
                  for row in plan.opened]
        data = {'instance': str(plan.instance_id), 'matter': str(plan.matter_id) if plan.matter_id else None,
                'code': matter and matter.code, 'opened': opened}
        head = f'{what}：{matter.code} {matter.title or "（还没有名称）"}' if matter else what
        return Answer(data, [head, *(f'  现在由{row["said"]}办：{row["name"]}（{row["task"]}）' for row in opened)])


def _flat(name: str) -> str:
    """A drawn name without the line breaks of its box."""
    return name.replace('\n', '')


def tasks(engine: Engine, args: argparse.Namespace) -> Answer:
    """Open tasks, the most urgent first."""
    with reading(engine) as session:
        matter = _matter(session, args.matter, args.tenant) if args.matter else None
        tenant = _tenant(session, matter.tenant if matter else args.tenant)
        query = select(UserTask, Matter).outerjoin(Matter, Matter.id == UserTask.matter_id).where(
            UserTask.tenant == tenant.id, UserTask.state == 'open')
        if args.post:
            actor = _actor(session, tenant.id, args.post)
            query = query.where(UserTask.unit == actor.unit, UserTask.post == actor.post)
        if matter:
            query = query.where(UserTask.matter_id == matter.id)
        rows = session.execute(query.order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.opened_at)
                               .limit(args.limit)).all()
        found = [{'task': str(task.id), 'matter': about and about.code, 'title': about and about.title,
                  'element': task.element, 'name': _flat(task.name), 'post': f'{task.unit}/{task.post}',
                  'due_at': task.due_at, 'opened_at': task.opened_at} for task, about in rows]
        lines = [f'{row["task"]}  {_local(row["due_at"], tenant)}  {row["post"]}  {row["name"]}  '
                 f'{row["matter"] or ""} {row["title"] or ""}'.rstrip() for row in found]
        return Answer(found, lines or '没有等人办的任务。')


def complete(engine: Engine, args: argparse.Namespace) -> Answer:
    """Finish a task as a post."""
    data = _data(args.data)
    with reading(engine) as session:
        task = _task(session, args.task, args.tenant)
        actor = _actor(session, task.tenant, args.as_post)
        task_id, tenant_id, instance_id = task.id, task.tenant, task.instance_id
    plan = incident.carry_out_or_open(engine, lambda session: instance.complete(session, task_id, actor, data),
                                      tenant_id=tenant_id, verb='complete', instance_id=instance_id)
    return _after(engine, tenant_id, plan, '已办')


def message(engine: Engine, args: argparse.Namespace) -> Answer:
    """Send a message to a matter's processes; facts in --data are written first, as a step of its own."""
    data = _data(args.data)
    with reading(engine) as session:
        matter = _matter(session, args.matter, args.tenant)
        actor = _actor(session, matter.tenant, args.as_post) if args.as_post else Actor('命令行')
        matter_id, tenant_id = matter.id, matter.tenant
    if data:
        incident.carry_out_or_open(engine, lambda session: instance.change_facts(
            session, matter_id, actor, data, f'随消息 {args.name} 写入'), tenant_id=tenant_id, verb='change_facts')
    plan = incident.carry_out_or_open(
        engine, lambda session: instance.message(session, matter_id, args.name, actor), tenant_id=tenant_id,
        verb='message')
    return _after(engine, tenant_id, plan, f'消息 {args.name} 已发出')


def clock_show(engine: Engine, args: argparse.Namespace) -> Answer:
    """Which day it is in a government."""
    with reading(engine) as session:
        return _clock(_tenant(session, args.tenant))


def clock_set(engine: Engine, args: argparse.Namespace) -> Answer:
    """Put a demo's clock somewhere; what falls due on the way fires afterwards, as after an outage."""
    with reading(engine) as session:
        tenant = _tenant(session, args.tenant)
        actor, moment = _hand(session, tenant, args), None if args.to == 'real' else _moment(args.to, tenant)
    worker.set_clock(engine, tenant.id, moment, actor)
    return _moved(engine, tenant.id)


def clock_advance(engine: Engine, args: argparse.Namespace) -> Answer:
    """Move a demo's clock on, firing every deadline at its own moment."""
    with reading(engine) as session:
        tenant = _tenant(session, args.tenant)
        actor, target = _hand(session, tenant, args), _target(args, tenant)
    worker.advance(engine, tenant.id, target, actor)
    return _moved(engine, tenant.id)


def _target(args: argparse.Namespace, tenant: Tenant) -> Any:
    if args.verb == 'next':
        return 'next'
    if args.verb == 'workdays':
        return 'workdays', args.count
    span = _SPAN.fullmatch(args.by)
    if span is None:
        return _moment(args.by, tenant)
    return clock.now(tenant) + timedelta(**{_PARTS[span[2].lower()]: int(span[1])})


def _moment(text: str, tenant: Tenant) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused('时间要写成 2020-09-30、2020-09-30T09:00，或者 3d、12h；您写的是{text}', text=text) from None
    if len(text) <= 10:
        moment = moment.replace(hour=9)
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.zone(tenant.zone))


def _moved(engine: Engine, tenant_id: str) -> Answer:
    with reading(engine) as session:
        return _clock(directory.tenant(session, tenant_id))


def _clock(tenant: Tenant) -> Answer:
    now = clock.now(tenant).astimezone(clock.zone(tenant.zone))
    kind = '演示时钟' if tenant.virtual_at else '真实时间'
    return Answer({'tenant': tenant.id, 'now': now, 'virtual': tenant.virtual_at is not None},
                  f'{tenant.name}现在是{now:%Y-%m-%d} 周{"一二三四五六日"[now.weekday()]} {now:%H:%M}（{kind}）')


def calendar_import(engine: Engine, args: argparse.Namespace) -> Answer:
    """Enter a year's arrangement of working days; open deadlines follow."""
    content = _read(Path(args.file))
    with writing(engine) as session:
        tenant = _tenant(session, args.tenant)
        changed = workcal.import_file(session, tenant, content, args.source)
        days = [{'day': day.day, 'before': day.before, 'after': day.after, 'note': day.note} for day in changed.days]
        if days or changed.covered_until != changed.was_covered_until:
            history.record(session, tenant.id, _hand(session, tenant, args), Kind.CALENDAR_CHANGED,
                           f'导入工作日历{len(days)}天，定到{changed.covered_until}',
                           {'file': Path(args.file).name, 'days': [{**day, 'day': str(day['day'])} for day in days]})
        tenant_id, until = tenant.id, changed.covered_until
    moved = _rearm(engine, tenant_id) if changed.moved else 0
    return Answer({'days': days, 'covered_until': until, 'rearmed': moved},
                  f'改了{len(days)}天，日历已定到{until}；{moved}件事项的时限已重新计算。')


def _rearm(engine: Engine, tenant_id: str) -> int:
    """Compute a government's open deadlines anew, one matter after the other; how many matters."""
    with reading(engine) as session:
        waiting = instance.matters_with_timers(session, tenant_id)
    for key in waiting:
        incident.carry_out_or_open(engine, lambda session, key=key: instance.rearm(session, key), tenant_id=tenant_id,
                                   verb='rearm')
    return len(waiting)


def param_get(engine: Engine, args: argparse.Namespace) -> Answer:
    """One parameter of a government, or all."""
    with reading(engine) as session:
        tenant = _tenant(session, args.tenant)
        bundle = _bundle(session, tenant)
        found = ([parameter.get(session, tenant, args.name, bundle)] if args.name
                 else parameter.settings(session, tenant, bundle))
        lines = [f'{one.name} = {parameter.said(one.value)}{"（本地）" if one.own else ""}  {one.label}（{one.unit}）'
                 for one in found]
        return Answer([one._asdict() for one in found], lines)


def param_set(engine: Engine, args: argparse.Namespace) -> Answer:
    """Give a government its own value of a parameter; open deadlines follow."""
    with writing(engine) as session:
        tenant = _tenant(session, args.tenant)
        value = None if args.default else args.value
        if value is None and not args.default:
            raise Refused('写明新的值，或者用 --default 回到默认值')
        made = parameter.change(session, tenant.id, args.name, value, _hand(session, tenant, args),
                                _bundle(session, tenant))
        tenant_id = tenant.id
    moved = _rearm(engine, tenant_id)
    return Answer({**made._asdict(), 'rearmed': moved},
                  f'{made.label}：现在是{parameter.said(made.value)}；{moved}件事项的时限已重新计算。')


def _bundle(session: Session, tenant: Tenant) -> Any:
    current = deployment.current(session, tenant.id)
    if current is None:
        raise NotFound('{tenant}还没有发布流程，先用 duban deploy 发布。', tenant=tenant.name)
    return deployment.bundle(session, current.id)


def incidents(engine: Engine, args: argparse.Namespace) -> Answer:
    """What failed and waits for an operator."""
    with reading(engine) as session:
        found = incident.open_incidents(session, args.tenant)
        rows = [{name: getattr(one, name) for name in
                 ('id', 'tenant', 'process', 'element', 'name', 'cause', 'expression', 'values', 'advice', 'verb', 'tries',
                  'opened_at')} for one in found]
    lines = [line for row in rows for line in (
        f'{row["id"]}号 {row["tenant"]} {row["process"] or ""}/{row["element"] or ""} {row["name"] or ""}：{row["cause"]}',
        *([f'  表达式 {row["expression"]}，当时的值 {row["values"]}'] if row['expression'] else []),
        *([f'  办法：{row["advice"]}'] if row['advice'] else []))]
    return Answer(rows, lines or '没有待处理的故障。')


def retry(engine: Engine, args: argparse.Namespace) -> Answer:
    """Go on with what failed, after the fix."""
    sentence = incident.retry(engine, args.id, Actor('命令行'))
    return Answer({'incident': args.id, 'said': sentence}, sentence)


def account_add(engine: Engine, args: argparse.Namespace) -> Answer:
    """An account for a post; unit and post are entered when their names are given."""
    unit, slash, post = args.post.partition('/')
    if not slash:
        raise Refused('岗位要写成 单位代码/岗位，例如 office/officer；您写的是{post}', post=args.post)
    hashed = directory.hash_password(_password(args))
    with writing(engine) as session:
        tenant = _tenant(session, args.tenant)
        if args.unit_name and session.get(directory.Unit, (tenant.id, unit)) is None:
            directory.add_unit(session, tenant.id, unit, args.unit_name, args.unit_kind)
        if args.post_name and session.get(directory.Post, (tenant.id, unit, post)) is None:
            directory.add_post(session, tenant.id, unit, post, args.post_name)
        login = args.login or f'{tenant.id}-{unit}-{post}'
        made = directory.add_account(session, tenant.id, unit, post, login, hashed)
        name = directory.post_name(session, tenant.id, args.post)
        history.record(session, tenant.id, _hand(session, tenant, args), Kind.ACCOUNT_ADDED, f'建账号：{name}（{login}）',
                       {'login': login, 'post': args.post})
        return Answer({'account': made.id, 'login': login, 'post': args.post}, f'账号建好了：{name}，登录名 {login}')


def _password(args: argparse.Namespace) -> str:
    """From standard input when it is not a terminal, else asked twice; never from the command, where others see it."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip('\n')
    first = getpass.getpass('密码：')
    if first != getpass.getpass('再输一次：'):
        raise Refused('两次输入的密码不一样，没有建账号')
    return first


def work(engine: Engine, args: argparse.Namespace) -> Answer:
    """Fire due timers, until told to stop or until nothing is due."""
    worker.work(engine, until_idle=args.until_idle)
    return Answer({'idle': True}, '到期的都办了。' if args.until_idle else '定时任务停下了。')


def trace(engine: Engine, args: argparse.Namespace) -> Answer:
    """Every event of a matter, in order."""
    with reading(engine) as session:
        matter = _matter(session, args.reference, args.tenant)
        tenant = directory.tenant(session, matter.tenant)
        found = [{'seq': one.seq, 'at': one.at, 'recorded_at': one.recorded_at, 'actor': one.actor, 'kind': one.kind,
                  'process': one.process, 'element': one.element, 'name': one.name, 'summary': one.summary,
                  'data': orjson.loads(one.data), 'deployment': one.deployment_id, 'hash': one.hash.hex()}
                 for one in history.events(session, str(matter.id))]
        lines = [f'{row["seq"]:>4}  {_local(row["at"], tenant)}  {row["actor"]}  {row["kind"]}  {_event(row)}'.rstrip()
                 for row in found]
        return Answer(found, [f'{matter.code} {matter.title}', *lines])


def _event(row: Mapping[str, Any]) -> str:
    """Where it happened and what it was, in one line, nothing said twice."""
    name, summary = (' '.join((text or '').split()) for text in (row['name'], row['summary']))
    return summary if name in summary else f'{name} {summary}'.strip()


def verify(engine: Engine, args: argparse.Namespace) -> Answer:
    """Recompute the hashes of the trail: of one matter, of one government, or of all."""
    with reading(engine) as session:
        matter = _matter(session, args.matter, args.tenant) if args.matter else None
        found = history.verify(session, str(matter.id) if matter else None, None if matter else args.tenant)
    said = '轨迹完整' if found.whole else f'轨迹有改：{found.fault}'
    return Answer(vars(found), f'{said}（{found.chains}条链，{found.events}条记录，{found.alg} {found.head[:16]}）',
                  DONE if found.whole else REFUSED)


# -- the command -------------------------------------------------------------------------------------------------------


class Parser(argparse.ArgumentParser):
    """argparse whose complaints are Chinese sentences."""

    def error(self, message: str) -> Any:
        """Say what was not understood and how the verb is written; ends the program with 2."""
        self.exit(2, f'命令没有看懂：{_translated(message)}\n{self.format_usage()}')


_COMPLAINTS = ((r'the following arguments are required: (.*)', r'还缺 \1'),
               (r'unrecognized arguments: (.*)', r'多了 \1'),
               (r"argument ([^:]*): invalid choice: (.*?) \(choose from (.*)\)", r'\1 没有 \2，只有 \3'),
               (r'argument ([^:]*): expected one argument', r'\1 后面要写一个值'),
               (r"argument ([^:]*): invalid int value: (.*)", r'\1 要写整数，您写的是 \2'))


def _translated(message: str) -> str:
    for pattern, sentence in _COMPLAINTS:
        if re.fullmatch(pattern, message):
            return re.sub(pattern, sentence, message)
    return message


def parser() -> Parser:
    """Every verb with its arguments."""
    common = Parser(add_help=False)
    common.add_argument('--json', action='store_true', default=argparse.SUPPRESS, help='输出 JSON')
    common.add_argument('--tenant', default=argparse.SUPPRESS, metavar='代码', help='哪个政府')
    top = Parser(prog='duban', description='督办：把抓落实的规则画成流程图并照图运行', parents=[common])
    verbs = top.add_subparsers(dest='command', required=True, metavar='动作', parser_class=Parser)

    def verb(name: str, run: Callable, told: str, *, under: Any = verbs) -> Parser:
        made = under.add_parser(name, help=told, description=told, parents=[common])
        made.set_defaults(run=run)
        return made

    def family(name: str, told: str) -> Any:
        made = verbs.add_parser(name, help=told, description=told, parents=[common])
        return made.add_subparsers(dest='verb', required=True, metavar='动作', parser_class=Parser)

    def acting(made: Parser, required: bool) -> None:
        made.add_argument('--as', dest='as_post', required=required, metavar='单位/岗位', help='以哪个岗位的身份')

    made = verb('init', init, '建库')
    made.add_argument('--demo', action='store_true', help='放进五个政府和34件事项的演示数据')
    made.add_argument('--name', metavar='名称', help='和 --tenant 一起：政府的名称')
    made.add_argument('--level', default='市', choices=('省', '市', '县'), help='政府的层级')
    made = verb('check', check, '检查流程图、决策表和表单')
    made.add_argument('paths', nargs='+', metavar='文件或目录')
    made = verb('deploy', deploy, '检查并发布')
    made.add_argument('paths', nargs='+', metavar='文件或目录')
    made.add_argument('--note', default='', metavar='说明', help='这一版改了什么')
    acting(made, False)
    made = verb('start', start, '开始一个流程')
    made.add_argument('process', metavar='流程')
    made.add_argument('--data', metavar='JSON', help='初始的事实和变量；@文件，- 为标准输入')
    made.add_argument('--answers', metavar='JSON', help='同一步里办掉的头几个任务：{"环节": {…}}')
    made.add_argument('--matter', metavar='事项', help='在哪件事项旁边')
    acting(made, True)
    made = verb('tasks', tasks, '等人办的任务')
    made.add_argument('--post', metavar='单位/岗位')
    made.add_argument('--matter', metavar='事项')
    made.add_argument('--limit', type=int, default=200, metavar='条数')
    made = verb('complete', complete, '办一个任务')
    made.add_argument('task', metavar='任务', help='任务 id，或者 DB-2020-005/sign')
    made.add_argument('--data', metavar='JSON', help='填的内容；@文件，- 为标准输入')
    acting(made, True)
    made = verb('message', message, '给一件事项的流程发消息')
    made.add_argument('name', metavar='消息')
    made.add_argument('--matter', required=True, metavar='事项')
    made.add_argument('--data', metavar='JSON', help='先写的事实')
    acting(made, False)
    clocks = family('clock', '演示时钟')
    verb('show', clock_show, '现在是哪一天', under=clocks)
    made = verb('set', clock_set, '设到某一刻，或者 real 回到真实时间', under=clocks)
    made.add_argument('to', metavar='时间')
    acting(made, False)
    made = verb('advance', clock_advance, '往前走：到某一刻，或者 3d、12h', under=clocks)
    made.add_argument('by', metavar='时间')
    acting(made, False)
    made = verb('workdays', clock_advance, '往前走几个工作日', under=clocks)
    made.add_argument('count', type=int, metavar='几个')
    acting(made, False)
    made = verb('next', clock_advance, '走到下一个到期', under=clocks)
    acting(made, False)
    made = verb('import', calendar_import, '导入一年的放假调休安排', under=family('calendar', '工作日历'))
    made.add_argument('file', metavar='文件')
    made.add_argument('--source', default='', metavar='依据', help='通知的文号')
    acting(made, False)
    params = family('param', '参数')
    made = verb('get', param_get, '看参数', under=params)
    made.add_argument('name', nargs='?', metavar='参数')
    made = verb('set', param_set, '改参数', under=params)
    made.add_argument('name', metavar='参数')
    made.add_argument('value', nargs='?', metavar='值')
    made.add_argument('--default', action='store_true', help='回到默认值')
    acting(made, False)
    verb('incidents', incidents, '待处理的故障')
    made = verb('retry', retry, '修好以后重试')
    made.add_argument('id', type=int, metavar='故障号')
    made = verb('add', account_add, '建账号，密码从标准输入读', under=family('account', '账号'))
    made.add_argument('post', metavar='单位/岗位')
    made.add_argument('--login', metavar='登录名')
    made.add_argument('--unit-name', metavar='名称', help='单位还没有时一起建')
    made.add_argument('--unit-kind', default='部门', metavar='类别')
    made.add_argument('--post-name', metavar='名称', help='岗位还没有时一起建')
    acting(made, False)
    made = verb('work', work, '运行定时任务')
    made.add_argument('--until-idle', action='store_true', help='到期的都办完就停')
    made = verb('trace', trace, '一件事项的全部记录')
    made.add_argument('reference', metavar='事项')
    made = verb('verify', verify, '校验轨迹')
    made.add_argument('--matter', metavar='事项')
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the number is the program's exit code."""
    args = parser().parse_args(arguments)
    args.json, args.tenant = getattr(args, 'json', False), getattr(args, 'tenant', None)
    engine = db.connect(os.environ.get('DATABASE_URL') or DEFAULT_URL)
    try:
        answer = args.run(engine, args)
    except Invalid as error:
        return _refuse(args, str(error), {'fields': error.fields})
    except Undeployable as error:
        return _refuse(args, str(error), {'findings': [_finding(one) for one in error.findings]}, _said(error.findings))
    except Failed as error:
        return _refuse(args, str(error), {'incident': error.incident_id}, code=FAILED)
    except Refused as error:
        return _refuse(args, str(error), {})
    except (OperationalError, ProgrammingError) as error:
        cause = str(error.orig).splitlines()[0]
        return _refuse(args, f'数据库用不了（{engine.url.render_as_string()}）：{cause}。还没有建库的，先运行 duban init', {})
    finally:
        engine.dispose()
    if args.json:
        print(_json(answer.data))
    else:
        print('\n'.join(answer.lines))
    return answer.code


def _refuse(args: argparse.Namespace, sentence: str, more: Mapping[str, Any], lines: Iterable[str] = (),
            code: int = REFUSED) -> int:
    if args.json:
        print(_json({'error': sentence, **more}))
    else:
        print('\n'.join([*lines, sentence]), file=sys.stderr)
    return code


def _json(data: Any) -> str:
    return orjson.dumps(data, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()


if __name__ == '__main__':
    sys.exit(main())
