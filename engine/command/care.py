"""What an operator looks after: failures, and the loop of timers."""
import argparse
import os
from collections.abc import Mapping

from sqlalchemy import Engine

from engine import channel, incident, worker
from engine.backtest.crew import Foreman
from engine.command.answer import Answer
from engine.command.tree import Tree
from engine.db import reading
from engine.history import Actor
from engine.outbox import Courier

_TOLD = ('id', 'tenant', 'process', 'element', 'name', 'cause', 'expression', 'values', 'advice', 'verb', 'tries',
         'opened_at')


def incidents(engine: Engine, args: argparse.Namespace) -> Answer:
    """What failed and waits for an operator."""
    with reading(engine) as session:
        found = incident.open_incidents(session, args.tenant)
        rows = [{name: getattr(one, name) for name in _TOLD} for one in found]
    lines = [line for row in rows for line in (
        f'{row["id"]}号 {row["tenant"]} {row["process"] or ""}/{row["element"] or ""} {row["name"] or ""}：'
        f'{row["cause"]}',
        *([f'  表达式 {row["expression"]}{_read(row["values"])}'] if row['expression'] else []),
        *([f'  办法：{row["advice"]}'] if row['advice'] else []))]
    return Answer(rows, lines or '没有待处理的故障。')


def _read(values: Mapping[str, str] | None) -> str:
    return '，当时的值 ' + '，'.join(f'{name} = {value}' for name, value in values.items()) if values else ''


def retry(engine: Engine, args: argparse.Namespace) -> Answer:
    """Go on with what failed, after the fix."""
    sentence = incident.retry(engine, args.id, Actor('命令行'))
    return Answer({'incident': args.id, 'said': sentence}, sentence)


def work(engine: Engine, args: argparse.Namespace) -> Answer:
    """Fire due timers and send letters, until told to stop or until nothing is due."""
    courier = Courier(engine, channel.read(os.environ))
    if args.until_idle:
        worker.work(engine, until_idle=True)
        courier.drain()
    else:
        with courier:
            worker.work(engine, beside=Foreman())
    return Answer({'idle': True}, '到期的都办了。' if args.until_idle else '定时任务停下了。')


def verbs(tree: Tree) -> None:
    """What can be said here on the command line."""
    tree.verb('incidents', incidents, '待处理的故障')
    made = tree.verb('retry', retry, '修好以后重试')
    made.add_argument('id', type=int, metavar='故障号')
    made = tree.verb('work', work, '运行定时任务')
    made.add_argument('--until-idle', action='store_true', help='到期的都办完就停')
