"""回放: what a draft would have done in the past, on the matters that there were."""
import argparse
import sys
from datetime import date
from typing import Any

from sqlalchemy import Engine

from engine import deployment, directory
from engine.backtest import crew, order, result, sheet, table
from engine.backtest.answer import KINDS
from engine.command import where
from engine.command.answer import FAILED, Answer
from engine.command.tree import Tree
from engine.db import reading, writing
from engine.errors import Refused

_PROCESSES = 2
_MOST_NOTES = 20
_COLUMNS = {'rank': '名次', 'points': '扣分', 'yellow': '亮黄灯', 'red': '亮红灯', 'notices': '通知书'}


def backtest(engine: Engine, args: argparse.Namespace) -> Answer:
    """Begin a backtest and carry it out, or go on with one that was interrupted."""
    key = _begun(engine, args) if args.resume is None else _known(engine, args.resume)
    state = crew.run(engine, key, args.processes, None if args.json else _progress)
    with reading(engine) as session:
        made = session.get(table.Backtest, key)
        found, names = result.whole(session, key), directory.unit_names(session, made.tenant)
        if args.csv:
            with where.written(args.csv) as path:
                path.write_text(sheet.of_matters(found['each'], names), encoding='utf-8', newline='')
        if state == table.FAILED:
            return Answer({'backtest': key, 'state': state, 'fault': made.fault}, f'{key}号回放出错：{made.fault}', FAILED)
        return Answer({'backtest': key, 'state': state, **found}, list(_lines(key, made.name, found, names)))


def _known(engine: Engine, key: int) -> int:
    with reading(engine) as session:
        if session.get(table.Backtest, key) is None:
            raise Refused('没有{id}号回放。', id=key)
    return key


def _begun(engine: Engine, args: argparse.Namespace) -> int:
    """A new one: of the version in use, with the files named in it."""
    with writing(engine) as session:
        tenant = where.tenant(session, args.tenant)
        bundle = where.bundle(session, tenant)
        files = {**bundle.files, **(where.files(args.paths) if args.paths else {})}
        current = deployment.current(session, tenant.id)
        name = f'第{current.number}版' + (f'，换上{"、".join(sorted(where.files(args.paths)))}' if args.paths else '')
        made = order.begin(
            session, tenant.id, files, name, where.hand(session, tenant, args), since=_day(args.since, tenant.zone),
            until=_day(args.until, tenant.zone), size=args.sample, seed=args.seed, renamed=where.pairs(args.rename))
        return made.id


def _day(text: str | None, zone: str) -> date | None:
    return where.moment(text, zone).date() if text else None


def _progress(done: int, total: int) -> None:
    print(f'回放 {done}/{total}', file=sys.stderr, flush=True)


def _lines(key: int, name: str, found: dict[str, Any], names: dict[str, str]) -> Any:
    yield f'{key}号回放：{name}，{found["matters"]}件事项，{found["changed"]}件会不一样。'
    for lamp, word in (('yellow', '黄灯'), ('red', '红灯')):
        lit = found['lit'][lamp]
        yield f'  {word}：多亮{lit["more"]}件，少亮{lit["fewer"]}件，换了时间{lit["moved"]}件'
    totals = found['totals']
    yield f'  通知书：{totals["notices"]["old"]}件变{totals["notices"]["new"]}件；' \
          f'扣分：{totals["points"]["old"]:g}变{totals["points"]["new"]:g}'
    for row in found['units']:
        if row['changed'] or row['old'] != row['new']:
            old, new = row['old'], row['new']
            changed = [f'{word}{old[name]:g}变{new[name]:g}' for name, word in _COLUMNS.items() if old[name] != new[name]]
            yield f'  {names.get(row["unit"], row["unit"])}：{"，".join(changed) or "时间变了"}'
    if found['notes']:
        yield '不知道的和假定的：'
    for note in found['notes'][:_MOST_NOTES]:
        yield f'  {KINDS[note["kind"]]}〔{note["name"]}〕{note["said"]}（{note["matters"]}件，如{note["example"]}）'
    if len(found['notes']) > _MOST_NOTES:
        yield f'  还有{len(found["notes"]) - _MOST_NOTES}条，见 --json'


def verbs(tree: Tree) -> None:
    """What can be said here on the command line."""
    made = tree.verb('backtest', backtest, '拿真实的历史回放草稿：哪些事项会亮灯、发通知、扣分')
    made.add_argument('paths', nargs='*', metavar='文件或目录', help='草稿，替换在用的同名文件；不写就回放在用的')
    made.add_argument('--sample', type=int, default=order.SAMPLE, metavar='件数', help='先抽多少件（按单位分层）')
    made.add_argument('--seed', type=int, default=1, metavar='种子', help='抽样的种子，同一个数抽到的一样')
    made.add_argument('--since', metavar='日期', help='从哪天起收到的事项')
    made.add_argument('--until', metavar='日期', help='到哪天为止收到的事项')
    made.add_argument('--rename', action='append', default=[], metavar='旧=新', help='改了编号的任务，可以写多次')
    made.add_argument('--csv', metavar='文件', help='逐件的结果写成 CSV')
    made.add_argument('--processes', type=int, default=_PROCESSES, metavar='几个', help='用几个进程算')
    made.add_argument('--resume', type=int, metavar='号', help='接着算这一次回放')
    tree.acting(made)
