"""Move running matters to another version of the rules: see how it would go, do it, take it back."""
import argparse
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from engine import deployment, migration
from engine.command import where
from engine.command.answer import DONE, REFUSED, Answer
from engine.command.tree import Tree, named
from engine.db import reading
from engine.deployment import Deployment
from engine.directory import Tenant
from engine.errors import NotFound, Refused
from engine.ledger import Matter
from engine.migration import MigrationMatter, Plan, Verdict

_STATES = {'safe': '可以移', 'map': '要先对应元素', 'refused': '不能移'}
_CAME = {'moved': '移过去了', 'refused': '没有移', 'returned': '撤回了', 'waiting': '等着移', 'returning': '等着撤回'}


def migrate(engine: Engine, args: argparse.Namespace) -> Answer:
    """Check the matters of a version against another, and move those that fit unless only the check was wanted."""
    if args.undo or args.stop:
        return _ended(engine, args)
    if not args.source or not args.target:
        raise Refused('写明从哪一版移到哪一版：--from 3 --to 4')
    with reading(engine) as session:
        tenant = where.tenant(session, args.tenant)
        source, target = (_version(session, tenant, number) for number in (args.source, args.target))
        plan = migration.make(session, source.id, target.id, where.pairs(args.map))
        verdicts = migration.check(session, plan, _chosen(session, args.matter, source, tenant))
        tenant_id, actor = tenant.id, where.hand(session, tenant, args)
    if args.check:
        return _checked(plan, verdicts)
    made = migration.start(engine, tenant_id, plan, [one.matter_id for one in verdicts], actor, args.reason or '')
    return _come(engine, made)


def _version(session: Session, tenant: Tenant, number: str) -> Deployment:
    found = deployment.numbered(session, tenant.id, number)
    if found is None:
        raise NotFound('{tenant}没有第“{number}”版。', tenant=tenant.name, number=number)
    return found


def _chosen(session: Session, references: Sequence[str], source: Deployment, tenant: Tenant) -> list[UUID]:
    """The matters that were named, or all that are in hand on the old version."""
    if references:
        return [where.matter(session, one, tenant.id).id for one in references]
    return list(session.scalars(select(Matter.id).where(
        Matter.deployment_id == source.id, Matter.status.in_(('draft', 'open'))).order_by(Matter.code)))


def _checked(plan: Plan, verdicts: Sequence[Verdict]) -> Answer:
    """Which elements have no place, and how each matter would fare."""
    unmapped = [{'process': one.process, 'element': one.element, 'name': one.name, 'choices': list(one.choices)}
                for one in plan.unmapped]
    matters = [{'matter': str(one.matter_id), 'code': one.code, 'state': one.state, 'why': one.why} for one in verdicts]
    lines = [f'{one["process"]}/{one["element"]}（{one["name"]}）在新版本里没有同名同类的元素，可以对应到：{"、".join(one["choices"])}'
             for one in unmapped]
    lines += [f'{one["code"] or one["matter"]}  {_STATES[one["state"]]}{"：" if one["why"] else ""}{one["why"]}'
              for one in matters]
    safe = all(one.state == 'safe' for one in verdicts)
    return Answer({'unmapped': unmapped, 'matters': matters}, lines or '没有在办的事项在这一版上。', DONE if safe else REFUSED)


def _ended(engine: Engine, args: argparse.Namespace) -> Answer:
    number, end = (args.undo, migration.undo) if args.undo else (args.stop, migration.stop)
    with reading(engine) as session:
        found = session.get(migration.Migration, number)
        if found is None or args.tenant and found.tenant != args.tenant:
            raise NotFound('没有第{number}批迁移。', number=number)
        actor = where.hand(session, where.tenant(session, found.tenant), args)
    end(engine, number, actor, args.reason or '')
    return _come(engine, number)


def _come(engine: Engine, number: int) -> Answer:
    """Carry it out here and now, whether a worker runs or not, and say how far each matter has come."""
    migration.run(engine, number)
    with reading(engine) as session:
        found = [_told(*row) for row in session.execute(
            select(MigrationMatter, Matter.code).join(Matter, Matter.id == MigrationMatter.matter_id)
            .where(MigrationMatter.migration_id == number).order_by(Matter.code))]
        counted = migration.progress(session, number)
    head = f'第{number}批：' + '，'.join(f'{count}件{_CAME[state]}' for state, count in sorted(counted.items()))
    lines = [f'{one["code"] or one["matter"]}  {_CAME[one["state"]]}：{one["why"]}' for one in found if one['why']]
    return Answer({'migration': number, 'matters': found}, [head, *lines])


def _told(row: MigrationMatter, code: str | None) -> Mapping[str, Any]:
    return {'matter': str(row.matter_id), 'code': code, 'state': row.state, 'why': row.sentence}


def verbs(tree: Tree) -> None:
    """What can be said here on the command line."""
    made = tree.verb('migrate', migrate, '把在办的事项移到另一版流程；停下；撤回')
    made.add_argument('--from', dest='source', metavar='第几版')
    made.add_argument('--to', dest='target', metavar='第几版')
    made.add_argument('--map', action='append', default=[], metavar='旧=新', help='改了名的元素，可以写几次；流程/元素=元素')
    made.add_argument('--matter', type=named, action='append', default=[], metavar='事项', help='只移这几件，可以写几次；不写则是那一版上全部在办的')
    made.add_argument('--check', action='store_true', help='只检查，不移')
    made.add_argument('--stop', type=int, metavar='第几批', help='停下一批：还没有移的不再移')
    made.add_argument('--undo', type=int, metavar='第几批', help='撤回一批')
    made.add_argument('--reason', metavar='理由')
    tree.acting(made)
