"""Versions and what is proposed: compare, approve, return, withdraw, go back; and what governments share."""
import argparse
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import comparison, deployment, directory, following, publication, release, sharing
from engine.command import where
from engine.command.answer import Answer
from engine.command.tree import Tree
from engine.comparison import File
from engine.db import reading, writing
from engine.deployment import Deployment
from engine.directory import Tenant
from engine.errors import NotFound, Refused
from engine.release import Proposal
from engine.sharing import Outcome

STATES = {comparison.ADDED: '加', comparison.REMOVED: '删', comparison.CHANGED: '改', comparison.MOVED: '挪'}


def listing(engine: Engine, args: argparse.Namespace) -> Answer:
    """The versions of a government and what is proposed, newest first."""
    with reading(engine) as session:
        tenant = where.tenant(session, args.tenant)
        versions, proposals = deployment.versions(session, tenant.id), release.proposals(session, tenant.id)
        lines = [_told(one, tenant) for one in proposals]
        lines += [f'第{one.number}版{"（在用）" if place == 0 else ""} {where.local(one.deployed_at, tenant)} {one.actor} '
                  f'{one.note or "没有写说明"}' for place, one in enumerate(versions)]
        return Answer({'proposals': [as_data(one) for one in proposals],
                       'versions': [{'version': one.number, 'deployed_at': one.deployed_at, 'actor': one.actor,
                                     'note': one.note, 'hash': one.hash} for one in versions]},
                      lines or ['还没有发布过。'])


def compare(engine: Engine, args: argparse.Namespace) -> Answer:
    """What differs between two versions, or between the one in use and files."""
    with reading(engine) as session:
        tenant = where.tenant(session, args.tenant)
        old = deployment.files(session, _version(session, tenant, args.old).id)
        if args.files:
            new = publication.completed(session, tenant.id, where.files(args.files))
        else:
            new = deployment.files(session, _version(session, tenant, args.new).id)
    found = comparison.compare(old, new)
    return Answer([difference(one) for one in found], [line for one in found for line in told(one)] or ['没有不同。'])


def _version(session: Session, tenant: Tenant, number: str | None) -> Deployment:
    found = (deployment.current(session, tenant.id) if number is None
             else deployment.numbered(session, tenant.id, number))
    if found is None:
        raise NotFound('{tenant}没有第{number}版。' if number else '{tenant}还没有发布流程，先用 duban deploy 发布。',
                       tenant=tenant.name, number=number)
    return found


def told(file: File) -> Iterable[str]:
    """A difference as lines: the file, its things, their parts with the old and the new value."""
    same = not (file.items or file.lines or file.kind == comparison.OTHER)
    yield f'{STATES[file.state]} {file.name}' + ('：只有写法不同' if same else '')
    for item in file.items:
        yield f'  {STATES[item.state]} {item.name}'
        yield from (f'      {part.label}：{_value(part.old)} → {_value(part.new)}' for part in item.parts)
    yield from (f'  {STATES[line.state]} 第{line.number}行 {line.text}' for line in file.lines)


def _value(text: str | None) -> str:
    return '没有' if text is None else text


def difference(file: File) -> dict[str, Any]:
    """A difference for --json."""
    return {'file': file.name, 'kind': file.kind, 'state': file.state,
            'items': [{'state': item.state, 'id': item.id, 'old': item.old, 'new': item.new,
                       'parts': [part._asdict() for part in item.parts]} for item in file.items],
            'lines': [line._asdict() for line in file.lines]}


def propose(engine: Engine, args: argparse.Namespace) -> Answer:
    """Propose files in place of those of the same names in the version in use, or an older version once more."""
    if bool(args.paths) == bool(args.version):
        raise Refused('写明提请哪些文件，或者用 --version 恢复哪一版，只能写一样')
    given = where.files(args.paths) if args.paths else None
    with writing(engine) as session:
        tenant = directory.alone(session, where.tenant(session, args.tenant).id)
        files = (deployment.files(session, _version(session, tenant, args.version).id) if given is None
                 else given if args.only else publication.completed(session, tenant.id, given))
        return answer(tenant, release.propose(session, tenant, files, where.hand(session, tenant, args), args.note,
                                               day(args.on)))


def day(text: str | None) -> date | None:
    """The day that was written. :raises Refused: it is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused('日子要写成 2026-03-02；您写的是{text}', text=text) from None


def approve(engine: Engine, args: argparse.Namespace) -> Answer:
    """Let a proposal take effect, at once or on its day."""
    return _decided(engine, args, lambda *step: release.approve(*step, args.opinion))


def return_(engine: Engine, args: argparse.Namespace) -> Answer:
    """Send a proposal back with a word why."""
    return _decided(engine, args, lambda *step: release.return_(*step, args.opinion))


def withdraw(engine: Engine, args: argparse.Namespace) -> Answer:
    """Take one's own proposal back."""
    return _decided(engine, args, release.withdraw)


def renew(engine: Engine, args: argparse.Namespace) -> Answer:
    """Lay a proposal over the version that is in use by now."""
    return _decided(engine, args, release.renew)


def _decided(engine: Engine, args: argparse.Namespace, verb: Any) -> Answer:
    with writing(engine) as session:
        tenant = where.tenant(session, args.tenant)
        return answer(tenant, verb(session, tenant, args.number, where.hand(session, tenant, args)))


def answer(tenant: Tenant, proposal: Proposal) -> Answer:
    """How a proposal stands."""
    return Answer(as_data(proposal), _told(proposal, tenant))


def _told(proposal: Proposal, tenant: Tenant) -> str:
    more = f'，{proposal.effect_on}起生效' if proposal.pending and proposal.effect_on else ''
    more += f'，{proposal.trouble}' if proposal.trouble else ''
    return (f'第{proposal.number}号提请 {proposal.said}{more} {where.local(proposal.proposed_at, tenant)} '
            f'{proposal.proposed_by} {proposal.note}')


def as_data(proposal: Proposal) -> dict[str, Any]:
    """A proposal for --json."""
    return {name: getattr(proposal, name) for name in (
        'number', 'state', 'note', 'effect_on', 'proposed_at', 'proposed_by', 'decided_at', 'decided_by', 'opinion',
        'trouble', 'hash')}


def follow(engine: Engine, args: argparse.Namespace) -> Answer:
    """From now on what is shared is used here, with this government's own files in it."""
    with writing(engine) as session:
        tenant = where.tenant(session, args.tenant)
        return shared([sharing.follow(session, tenant, where.hand(session, tenant, args))])


def unfollow(engine: Engine, args: argparse.Namespace) -> Answer:
    """This government goes its own way."""
    with writing(engine) as session:
        tenant = where.tenant(session, args.tenant)
        sharing.unfollow(session, tenant, where.hand(session, tenant, args))
        return Answer({'following': False}, f'{tenant.name}不再用共享的流程，现有的文件都归本级。')


def origins(engine: Engine, args: argparse.Namespace) -> Answer:
    """Which file of the version in use is shared and which is the government's own."""
    with reading(engine) as session:
        tenant = where.tenant(session, args.tenant)
        found = following.origins(session, tenant.id)
    return Answer(found, [f'{following.WORDS[origin]} {name}' for name, origin in found.items()]
                  or [f'{tenant.name}没有在用共享的流程，文件都是本级的。'])


def shared(outcomes: list[Outcome]) -> Answer:
    """What a shared version made of each government."""
    return Answer([{'tenant': one.tenant.id, 'version': one.version.number if one.version else None,
                    'proposal': one.proposal.number if one.proposal else None, 'overriding': one.collisions}
                   for one in outcomes], [_outcome(one) for one in outcomes])


def _outcome(one: Outcome) -> str:
    said = (f'在用的是第{one.version.number}版' if one.version else f'第{one.proposal.number}号提请，等另一个流程管理员批准')
    return f'{one.tenant.name}：{said}' + (f'；{"、".join(one.collisions)}仍用本级的，共享的那份也改了' if one.collisions else '')


def verbs(tree: Tree) -> None:
    """What can be said here on the command line."""
    family = tree.family('release', '版本和提请')
    tree.verb('list', listing, '看各版和各号提请', under=family)
    made = tree.verb('compare', compare, '比对两版，或者拿文件和在用的一版比', under=family)
    made.add_argument('old', nargs='?', metavar='旧版', help='第几版；不写就是在用的')
    made.add_argument('new', nargs='?', metavar='新版', help='第几版；不写就是在用的')
    made.add_argument('--files', nargs='+', metavar='文件或目录', help='拿这些文件来比')
    made = tree.verb('propose', propose, '提请发布', under=family)
    made.add_argument('paths', nargs='*', metavar='文件或目录')
    made.add_argument('--version', metavar='第几版', help='恢复成这一版')
    made.add_argument('--only', action='store_true', help='新版里只有这些文件')
    made.add_argument('--note', default='', metavar='说明', help='为什么改')
    made.add_argument('--on', metavar='日期', help='从哪一天起生效；不写就马上')
    tree.acting(made)
    for name, run, told_as, opinion in (('approve', approve, '批准', True), ('return', return_, '退回', True),
                                        ('withdraw', withdraw, '撤回', False), ('renew', renew, '按在用的一版更新', False)):
        made = tree.verb(name, run, told_as, under=family)
        made.add_argument('number', type=int, metavar='第几号')
        if opinion:
            made.add_argument('--opinion', default='', metavar='意见')
        tree.acting(made)
    family = tree.family('follow', '用共享的流程')
    tree.acting(tree.verb('on', follow, '开始用', under=family))
    tree.acting(tree.verb('off', unfollow, '不再用', under=family))
    tree.verb('show', origins, '哪个文件是共享的，哪个是本级的', under=family)
