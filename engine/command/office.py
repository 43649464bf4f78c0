"""A government's own affairs: its beginning, clock, calendar and parameters."""
import argparse
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, inspect, select

from engine import (
    clock, demo, deployment, directory, founding, history, incident, instance, ledger, parameter, schema, worker, workcal)
from engine.command import where
from engine.command.answer import Answer
from engine.command.tree import Tree
from engine.db import reading, writing
from engine.directory import Tenant
from engine.errors import Refused
from engine.history import Actor, Kind

_SPAN = re.compile(r'P?T?(\d{1,5})([dhmDHM天时分])')
_PARTS = {'d': 'days', '天': 'days', 'h': 'hours', '时': 'hours', 'm': 'minutes', '分': 'minutes'}


def init(engine: Engine, args: argparse.Namespace) -> Answer:
    """Make the tables; fill them with the demo, or with one government of one's own."""
    if engine.url.database and engine.dialect.name == 'sqlite':
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    if inspect(engine).has_table(Tenant.__tablename__):
        with reading(engine) as session:
            if session.scalar(select(func.count()).select_from(Tenant)):
                raise Refused('这个数据库已经有内容，没有改动：{url}', url=engine.url.render_as_string())
        schema.check(engine)
    schema.create(engine)
    if args.demo:
        loaded = demo.load(engine, where.files(shipped()), said=None if args.json else _progress)
        return Answer(loaded.data(), loaded.lines())
    if args.tenant:
        return _found(engine, args)
    return Answer({'tables': True}, '表建好了，里面还没有内容。建一个政府：duban init --tenant 代码 --name 名称 --level 市')


def upgrade(engine: Engine, args: argparse.Namespace) -> Answer:
    """Bring a database that an older Duban made up to this one; what is in it stays."""
    done = schema.upgrade(engine)
    return Answer({'steps': done, 'version': schema.VERSION},
                  [*done, '升好了，里面的内容都在。'] if done else '已经是这一版的库，不用升。')


def _found(engine: Engine, args: argparse.Namespace) -> Answer:
    """A government of one's own, on real time, with the shipped diagrams and the published calendar."""
    files = where.files(shipped())
    with writing(engine) as session:
        name = founding.begin(session, args.tenant, args.name or args.tenant, args.level, files, Actor('命令行')).name
    return Answer({'tenant': args.tenant}, f'{name}建好了，流程已发布。接着用 duban account add 建单位、岗位和账号。')


def shipped() -> list[str]:
    """The folders of the diagrams and forms that come with Duban."""
    root = Path(__file__).resolve().parents[2]
    return [str(root / 'workflows'), str(root / 'forms')]


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def clock_show(engine: Engine, args: argparse.Namespace) -> Answer:
    """Which day it is in a government."""
    with reading(engine) as session:
        return _clock(where.tenant(session, args.tenant))


def clock_set(engine: Engine, args: argparse.Namespace) -> Answer:
    """Put a demo's clock somewhere; what falls due on the way fires afterwards, as after an outage."""
    with reading(engine) as session:
        tenant = where.tenant(session, args.tenant)
        actor = where.hand(session, tenant, args)
        moment = None if args.to == 'real' else where.moment(args.to, tenant.zone)
    worker.set_clock(engine, tenant.id, moment, actor)
    return _moved(engine, tenant.id)


def clock_advance(engine: Engine, args: argparse.Namespace) -> Answer:
    """Move a demo's clock on, firing every deadline at its own moment."""
    with reading(engine) as session:
        tenant = where.tenant(session, args.tenant)
        actor, target = where.hand(session, tenant, args), _target(args, tenant)
    worker.advance(engine, tenant.id, target, actor)
    return _moved(engine, tenant.id)


def _target(args: argparse.Namespace, tenant: Tenant) -> Any:
    if args.verb == 'next':
        return 'next'
    if args.verb == 'workdays':
        return 'workdays', args.count
    span = _SPAN.fullmatch(args.by)
    if span is None:
        return where.moment(args.by, tenant.zone, '，或者 3d、12h')
    return clock.now(tenant) + timedelta(**{_PARTS[span[2].lower()]: int(span[1])})


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
    content = where.content(Path(args.file))
    with writing(engine) as session:
        tenant = where.tenant(session, args.tenant)
        changed = workcal.import_file(session, tenant, content, args.source)
        days = [{'day': day.day, 'before': day.before, 'after': day.after, 'note': day.note} for day in changed.days]
        if days or changed.covered_until != changed.was_covered_until:
            history.record(session, tenant.id, where.hand(session, tenant, args), Kind.CALENDAR_CHANGED,
                           f'导入工作日历{len(days)}天，定到{changed.covered_until}',
                           {'file': Path(args.file).name, 'days': [{**day, 'day': str(day['day'])} for day in days]})
        if changed.moved:
            ledger.look_again(session, tenant.id, clock.now(tenant))
        tenant_id, until = tenant.id, changed.covered_until
    moved = _rearm(engine, tenant_id) if changed.moved else 0
    return Answer({'days': days, 'covered_until': until, 'rearmed': moved},
                  f'改了{len(days)}天，日历已定到{until}；{moved}件事项的时限已重新计算。')


def _rearm(engine: Engine, tenant_id: str) -> int:
    """Compute a government's open deadlines anew, one matter after the other; how many matters. One that fails is an
    incident of its own and does not hold up the others. Processes that begin at a time follow, too."""
    with writing(engine) as session:
        deployment.follow(session, tenant_id)
    with reading(engine) as session:
        waiting = instance.with_timers(session, tenant_id)
    return sum(incident.rearm(engine, tenant_id, key) for key in waiting)


def param_get(engine: Engine, args: argparse.Namespace) -> Answer:
    """One parameter of a government, or all."""
    with reading(engine) as session:
        tenant = where.tenant(session, args.tenant)
        bundle = where.bundle(session, tenant)
        found = ([parameter.get(session, tenant, args.name, bundle)] if args.name
                 else parameter.settings(session, tenant, bundle))
        lines = [f'{one.name} = {parameter.said(one.value)}{"（本地）" if one.own else ""}  {one.label}（{one.unit}）'
                 for one in found]
        return Answer([one._asdict() for one in found], lines)


def param_set(engine: Engine, args: argparse.Namespace) -> Answer:
    """Give a government its own value of a parameter; open deadlines follow."""
    with writing(engine) as session:
        tenant = where.tenant(session, args.tenant)
        value = None if args.default else args.value
        if value is None and not args.default:
            raise Refused('写明新的值，或者用 --default 回到默认值')
        made = parameter.change(session, tenant.id, args.name, value, where.hand(session, tenant, args),
                                where.bundle(session, tenant))
        tenant_id = tenant.id
    moved = _rearm(engine, tenant_id)
    return Answer({**made._asdict(), 'rearmed': moved},
                  f'{made.label}：现在是“{parameter.said(made.value)}”；{moved}件事项的时限已重新计算。')


def verbs(tree: Tree) -> None:
    """What can be said here on the command line."""
    tree.verb('upgrade', upgrade, '把旧版本建的库升到这一版，一次全成或者全不成；请先备份')
    made = tree.verb('init', init, '建库')
    made.add_argument('--demo', action='store_true', help='放进五个政府和34件事项的演示数据')
    made.add_argument('--name', metavar='名称', help='和 --tenant 一起：政府的名称')
    made.add_argument('--level', default='市', choices=('省', '市', '县'), help='政府的层级')
    clocks = tree.family('clock', '演示时钟')
    tree.verb('show', clock_show, '现在是哪一天', under=clocks)
    made = tree.verb('set', clock_set, '设到某一刻，或者 real 回到真实时间', under=clocks)
    made.add_argument('to', metavar='时间')
    tree.acting(made)
    made = tree.verb('advance', clock_advance, '往前走：到某一刻，或者 3d、12h', under=clocks)
    made.add_argument('by', metavar='时间')
    tree.acting(made)
    made = tree.verb('workdays', clock_advance, '往前走几个工作日', under=clocks)
    made.add_argument('count', type=int, metavar='几个')
    tree.acting(made)
    made = tree.verb('next', clock_advance, '走到下一个到期', under=clocks)
    tree.acting(made)
    made = tree.verb('import', calendar_import, '导入一年的放假调休安排', under=tree.family('calendar', '工作日历'))
    made.add_argument('file', metavar='文件')
    made.add_argument('--source', default='', metavar='依据', help='通知的文号')
    tree.acting(made)
    params = tree.family('param', '参数')
    made = tree.verb('get', param_get, '看参数', under=params)
    made.add_argument('name', nargs='?', metavar='参数')
    made = tree.verb('set', param_set, '改参数', under=params)
    made.add_argument('name', metavar='参数')
    made.add_argument('value', nargs='?', metavar='值')
    made.add_argument('--default', action='store_true', help='回到默认值')
    tree.acting(made)
