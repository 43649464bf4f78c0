"""What was sent to people, for operators: look, try again, try a channel out."""
import argparse
import os
from uuid import UUID

from sqlalchemy import Engine

from engine import channel, clock, contact, outbox
from engine.command import where
from engine.command.answer import Answer
from engine.command.tree import Tree
from engine.db import reading, writing
from engine.errors import NotFound
from engine.history import Actor

_HAND = Actor('命令行')
_MOST = 50


def show(engine: Engine, args: argparse.Namespace) -> Answer:
    """How the channels do, how many letters are in each state, and those of one state."""
    with reading(engine) as session:
        tenant = where.tenant(session, args.tenant)
        counts, lines = outbox.counts(session, tenant.id), outbox.lines(session)
        rows = [{'id': row.id.hex, 'channel': row.channel, 'made_at': row.made_at, 'tries': row.tries,
                 'error': row.error} for row in outbox.letters(session, tenant.id, args.state, _MOST)]
        down = {name: {'since': line.down_since, 'error': line.error}
                for name, line in lines.items() if line.down_since}
    zone, settings = clock.zone(tenant.zone), channel.read(os.environ)
    said = [f'{outbox.STATES[args.state]}的{counts[args.state]}封' + (f'，先列{_MOST}封' if counts[args.state] > _MOST else ''),
            *(f'  {row["id"]} {channel.called(row["channel"], settings)} {row["made_at"].astimezone(zone):%Y-%m-%d %H:%M} 试过{row["tries"]}次 '
              f'{row["error"]}'.rstrip() for row in rows),
            *(f'{channel.called(name, settings)}从{line["since"].astimezone(zone):%Y-%m-%d %H:%M}起发不出去：{line["error"]}'
              for name, line in down.items())]
    return Answer({'counts': counts, 'down': down, 'letters': rows}, said)


def retry(engine: Engine, args: argparse.Namespace) -> Answer:
    """Letters that were given up are tried again."""
    with writing(engine) as session:
        count = outbox.retry(session, where.tenant(session, args.tenant).id, _HAND, _key(args.id))
    return Answer({'count': count}, f'{count}封马上重发。')


def _key(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound('“{id}”不是信的编号，用 duban outbox list 看有哪些。', id=text) from None


def try_out(engine: Engine, args: argparse.Namespace) -> Answer:
    """Send one letter right now."""
    settings = channel.read(os.environ)
    address = contact.check(args.channel, args.address)
    with reading(engine) as session:
        tenant_id = where.tenant(session, args.tenant).id
    outbox.try_out(engine, tenant_id, args.channel, address, settings, _HAND)
    return Answer({'channel': args.channel}, f'{channel.called(args.channel, settings)}发出去了，请到收的那一头看一下。')


def verbs(tree: Tree) -> None:
    """What can be said here on the command line."""
    family = tree.family('outbox', '发到邮箱、手机的提醒')
    made = tree.verb('list', show, '各条路通不通，有哪些信', under=family)
    made.add_argument('--state', choices=list(outbox.STATES), default='failed', help='哪一种（不写就是没有发出的）')
    made = tree.verb('retry', retry, '没有发出的再发', under=family)
    made.add_argument('id', nargs='?', metavar='编号', help='不写就是全部')
    made = tree.verb('test', try_out, '试发一封', under=family)
    made.add_argument('channel', choices=list(channel.NAMES), help='mail邮件、gateway网关')
    made.add_argument('address', metavar='地址', help='邮箱、手机号或账号')
