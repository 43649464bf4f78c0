"""Matters: begin one, see and finish tasks, send messages, read the trail and prove it."""
import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, select

from engine import directory, history, incident, instance, seal, witness
from engine.command import where
from engine.command.answer import DONE, REFUSED, Answer
from engine.command.tree import Tree, named
from engine.db import reading
from engine.errors import Refused
from engine.history import Actor
from engine.ledger import FACTS, Matter
from engine.usertask import UserTask

_MOST_LISTED = 100_000


def start(engine: Engine, args: argparse.Namespace) -> Answer:
    """Begin a process; `matter` opens a matter of its own."""
    data, answers = where.data(args.data), where.data(args.answers)
    with reading(engine) as session:
        matter = where.matter(session, args.matter, args.tenant) if args.matter else None
        tenant = where.tenant(session, matter.tenant if matter else args.tenant)
        actor = where.actor(session, tenant.id, args.as_post)
        tenant_id, matter_id = tenant.id, matter and matter.id
    plan = incident.carry_out_or_open(
        engine, lambda session: instance.start(session, tenant_id, args.process, actor, data, matter_id=matter_id,
                                               answers=answers, key=args.key),
        tenant_id=tenant_id, verb='start', process=args.process)
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
    if not 1 <= args.limit <= _MOST_LISTED:
        raise Refused('--limit 要写1到{most}之间的数，您写的是{count}', most=_MOST_LISTED, count=args.limit)
    with reading(engine) as session:
        matter = where.matter(session, args.matter, args.tenant) if args.matter else None
        tenant = where.tenant(session, matter.tenant if matter else args.tenant)
        query = select(UserTask, Matter).outerjoin(Matter, Matter.id == UserTask.matter_id).where(
            UserTask.tenant == tenant.id, UserTask.state == 'open')
        if args.post:
            actor = where.actor(session, tenant.id, args.post)
            query = query.where(UserTask.unit == actor.unit, UserTask.post == actor.post)
        if matter:
            query = query.where(UserTask.matter_id == matter.id)
        rows = session.execute(query.order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.opened_at)
                               .limit(args.limit)).all()
        found = [{'task': str(task.id), 'matter': about and about.code, 'title': about and about.title,
                  'element': task.element, 'opinion': task.asks is not None, 'name': _flat(task.name), 'post': f'{task.unit}/{task.post}',
                  'due_at': task.due_at, 'opened_at': task.opened_at} for task, about in rows]
        lines = [f'{row["task"]}  {where.local(row["due_at"], tenant)}  {row["post"]}  {row["name"]}  '
                 f'{row["matter"] or ""} {row["title"] or ""}'.rstrip() for row in found]
        return Answer(found, lines or '没有等人办的任务。')


def complete(engine: Engine, args: argparse.Namespace) -> Answer:
    """Finish a task as a post."""
    data = where.data(args.data)
    with reading(engine) as session:
        task = where.task(session, args.task, args.tenant)
        actor = where.actor(session, task.tenant, args.as_post)
        task_id, tenant_id, instance_id = task.id, task.tenant, task.instance_id
    plan = incident.carry_out_or_open(engine, lambda session: instance.complete(session, task_id, actor, data),
                                      tenant_id=tenant_id, verb='complete', instance_id=instance_id)
    return _after(engine, tenant_id, plan, '已办')


def message(engine: Engine, args: argparse.Namespace) -> Answer:
    """Send a message: to a matter's processes, or to the one instance that is known by its key or by what it knows."""
    data = where.data(args.data)
    if args.matter:
        plan, tenant_id = _to_matter(engine, args, data)
    else:
        sought = where.pairs(args.where)
        tenant_id, actor = _outside(engine, args)
        plan = incident.carry_out_or_open(engine, lambda session: instance.correlate(
            session, tenant_id, args.name, actor, key=args.key, where=sought, values=data), tenant_id=tenant_id, verb='message')
    return _after(engine, tenant_id, plan, f'消息 {args.name} 已发出')


def _to_matter(engine: Engine, args: argparse.Namespace, data: Mapping[str, Any]) -> tuple[Any, str]:
    """Facts are written first, as a step of their own; the rest becomes variables of who hears."""
    with reading(engine) as session:
        matter = where.matter(session, args.matter, args.tenant)
        actor = where.actor(session, matter.tenant, args.as_post) if args.as_post else Actor('命令行')
        matter_id, tenant_id = matter.id, matter.tenant
    facts = {name: value for name, value in data.items() if name in FACTS}
    if facts:
        incident.carry_out_or_open(engine, lambda session: instance.change_facts(
            session, matter_id, actor, facts, f'随消息 {args.name} 写入'), tenant_id=tenant_id, verb='change_facts')
    values = {name: value for name, value in data.items() if name not in FACTS}
    return incident.carry_out_or_open(
        engine, lambda session: instance.message(session, matter_id, args.name, actor, values), tenant_id=tenant_id,
        verb='message'), tenant_id


def _outside(engine: Engine, args: argparse.Namespace) -> tuple[str, Actor]:
    """The tenant, and who acts."""
    with reading(engine) as session:
        tenant = where.tenant(session, args.tenant)
        return tenant.id, where.actor(session, tenant.id, args.as_post) if args.as_post else Actor('命令行')


def signal(engine: Engine, args: argparse.Namespace) -> Answer:
    """Send a signal to everything in a government that waits for it."""
    data, (tenant_id, actor) = where.data(args.data), _outside(engine, args)
    plan = incident.carry_out_or_open(engine, lambda session: instance.signal(session, tenant_id, args.name, actor, data),
                                      tenant_id=tenant_id, verb='signal')
    return _after(engine, tenant_id, plan, f'信号 {args.name} 已发出')


def trace(engine: Engine, args: argparse.Namespace) -> Answer:
    """Every event of a matter, in order."""
    with reading(engine) as session:
        matter = where.matter(session, args.reference, args.tenant)
        tenant = directory.tenant(session, matter.tenant)
        found = [{'seq': one.seq, 'at': one.at, 'recorded_at': one.recorded_at, 'actor': one.actor, 'kind': one.kind,
                  'process': one.process, 'element': one.element, 'name': one.name, 'summary': one.summary,
                  'data': orjson.loads(one.data), 'deployment': one.deployment_id, 'hash': one.hash.hex()}
                 for one in history.events(session, str(matter.id))]
        lines = [f'{row["seq"]:>4}  {where.local(row["at"], tenant)}  {row["actor"]}  {row["kind"]}  '
                 f'{_event(row)}'.rstrip() for row in found]
        return Answer(found, [f'{matter.code} {matter.title}', *lines])


def _event(row: Mapping[str, Any]) -> str:
    """Where it happened and what it was, in one line, nothing said twice."""
    name, summary = (' '.join((text or '').split()) for text in (row['name'], row['summary']))
    return summary if name in summary else f'{name} {summary}'.strip()


def verify(engine: Engine, args: argparse.Namespace) -> Answer:
    """Recompute the hashes of the trail, and of what it speaks of, the files with it: of one matter, of one government, or of all."""
    with reading(engine) as session:
        matter = where.matter(session, args.matter, args.tenant) if args.matter else None
        tenant = where.tenant(session, args.tenant).id if args.tenant and not matter else None
        chain = str(matter.id) if matter else None
        found = seal.verify(session, chain, tenant, contents=True)
        kept = witness.read(where.content(Path(args.against)), args.against) if args.against else None
        if kept and found.whole and (fault := witness.contradiction(session, kept, chain)):
            found = replace(found, whole=False, fault=fault)
        if args.keep and found.whole:
            _keep(Path(args.keep), witness.made(session, chain, tenant))
    said = '轨迹完整' if found.whole else f'轨迹有改：{found.fault}'
    also = f'，跟{kept["at"][:10]}的存根一致' if kept and found.whole else ''
    return Answer(vars(found), f'{said}{also}（{found.chains}条链，{found.events}条记录，{found.alg} {found.head[:16]}）',
                  DONE if found.whole else REFUSED)


def _keep(path: Path, made: Mapping[str, Any]) -> None:
    """A new file; a witness that stands there already is not written over."""
    with where.written(path):
        try:
            with path.open('xb') as file:
                file.write(orjson.dumps(made, option=orjson.OPT_INDENT_2))
        except FileExistsError:
            raise Refused('{path} 已经有了，存根不覆盖旧的，请换个文件名', path=path) from None


def verbs(tree: Tree) -> None:
    """What can be said here on the command line."""
    made = tree.verb('start', start, '开始一个流程')
    made.add_argument('process', metavar='流程')
    made.add_argument('--data', metavar='JSON', help='初始的事实和变量；@文件，- 为标准输入')
    made.add_argument('--answers', metavar='JSON', help='同一步里办掉的头几个任务：{"环节": {…}}')
    made.add_argument('--matter', type=named, metavar='事项', help='在哪件事项旁边')
    made.add_argument('--key', metavar='业务编号', help='外面用什么编号认它')
    tree.acting(made, required=True)
    made = tree.verb('tasks', tasks, '等人办的任务')
    made.add_argument('--post', metavar='单位/岗位')
    made.add_argument('--matter', type=named, metavar='事项')
    made.add_argument('--limit', type=int, default=200, metavar='条数')
    made = tree.verb('complete', complete, '办一个任务')
    made.add_argument('task', metavar='任务', help='任务 id，或者 DB-2020-005/sign')
    made.add_argument('--data', metavar='JSON', help='填的内容；@文件，- 为标准输入')
    tree.acting(made, required=True)
    made = tree.verb('message', message, '发消息：给一件事项的流程，或者给等着它的那一份流程')
    made.add_argument('name', metavar='消息')
    made.add_argument('--matter', type=named, metavar='事项', help='给这件事项的流程')
    made.add_argument('--key', metavar='业务编号', help='给这个业务编号的流程')
    made.add_argument('--where', action='append', default=[], metavar='名字=值', help='给变量或事实是这样的流程，可以写几次')
    made.add_argument('--data', metavar='JSON', help='带去的变量；事项的事实先写')
    tree.acting(made)
    made = tree.verb('signal', signal, '发信号：等着它的都听到')
    made.add_argument('name', metavar='信号')
    made.add_argument('--data', metavar='JSON', help='带去的变量')
    tree.acting(made)
    made = tree.verb('trace', trace, '一件事项的全部记录')
    made.add_argument('reference', metavar='事项')
    made = tree.verb('verify', verify, '校验轨迹')
    made.add_argument('--matter', type=named, metavar='事项')
    made.add_argument('--keep', metavar='文件', help='轨迹完整就把每条链的末尾存成存根，请拿到别处保管')
    made.add_argument('--against', metavar='文件', help='再跟以前的存根比：整段重写过、恢复过旧备份，都看得出来')
