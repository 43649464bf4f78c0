"""Who does a task when nobody can be asked at the post that the diagram names: the version's table `fallback` says.

It is asked why (`directory.WHY`), the unit, its kind, the post and, where the unit became another one, that heir; it
answers posts as `unit/post`, separated by commas, and posts to the rescue when none of those has anybody either.
"""
from collections import ChainMap
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine import directory, expression
from engine.definition import Definition
from engine.directory import Held
from engine.history import SYSTEM, Kind
from engine.spiff import Node

TABLE, ANSWERS = 'fallback', ('fallback_posts', 'rescue_posts')


def why_nobody(live: Any, unit: str, post: str) -> str:
    """Why nobody can be asked at this post today; '' when somebody can."""
    if not unit or not post or unit == 'None':
        return 'empty'
    step = live.step
    return directory.vacancy(step.session, step.tenant_id, (unit, post), step.today, step.parameter_revision)


def other(live: Any, node: Node, unit: str, post: str, why: str) -> tuple[Held, dict[str, str]] | None:
    """The post that gets the task instead, and what the task keeps about it: `asked`, `why`, `table`.
    None: there is no such table, or nobody can be asked at any post that it names.

    :raises Broken: the table has no row for this, or fails.
    """
    table = live.bundle.tables.get(TABLE)
    if table is None:
        return None
    step = live.step
    asked = _asked(step.session, step.around, (unit, post), why, step.today)
    answers = step.decide(table, live.scope({**node.local, **asked}, node.closed), node).values
    instead = _first(answers, lambda one: one != (unit, post) and not why_nobody(live, *one))
    return instead and (instead, _kept((unit, post), why, table))


def starter(definition: Definition, scope: Mapping[str, Any], functions: Mapping[str, Callable]) -> Held:
    """The post that is drawn to begin a process, with '' for what the drawing leaves open.

    :raises ExpressionFailed: it reads what is not known yet.
    """
    unit, _, post = expression.template(definition.starter).render(scope, functions).partition('/')
    return unit, post


def beginner(session: Session, tenant: Any, bundle: Any, drawn: Held, day: date, scope: Mapping[str, Any],
             functions: Mapping[str, Callable]) -> Held:
    """The post that begins what this one is drawn to begin: itself, or where nobody can be asked there, the first that
    the table names and at which somebody can. `tenant` is its row, or what a step knows of it.

    :raises NoRule: the table has no row for this. :raises Broken: it fails.
    """
    found = doer(session, tenant, bundle, drawn, day, scope, functions)
    return found[0] if found else drawn


def doer(session: Session, tenant: Any, bundle: Any, held: Held, day: date, scope: Mapping[str, Any],
         functions: Mapping[str, Callable]) -> tuple[Held, dict[str, str] | None] | None:
    """Who does what comes to this post: itself, or where nobody can be asked there, the first that the table names and at
    which somebody can, with what the task keeps about it. None: nobody can be asked at any. Otherwise as `beginner`."""
    def why(post: Held) -> str:
        return directory.vacancy(session, tenant.id, post, day, tenant.parameter_revision)
    reason, table = why(held), bundle.tables.get(TABLE)
    if not reason or table is None:
        return None if reason else (held, None)
    asked = _asked(session, tenant, held, reason, day)
    instead = _first(table.decide(ChainMap(asked, scope), functions).values, lambda one: not why(one))
    return instead and (instead, _kept(held, reason, table))


def _kept(held: Held, why: str, table: Any) -> dict[str, str]:
    return {'asked': '' if why == 'empty' else '/'.join(held), 'why': why, 'table': table.name}


def _first(answers: Mapping[str, Any], free: Callable[[Held], bool]) -> Held | None:
    """The first post of a table's answers at which somebody can be asked."""
    places = (tuple(one.strip().split('/')) for name in ANSWERS for one in str(answers.get(name) or '').split(','))
    return next((one for one in places if len(one) == 2 and free(one)), None)


def tell(live: Any, row: Mapping[str, Any], node: Node) -> None:
    """Put on the trail that a task went to another post than the diagram names."""
    kept, to = row['fallback'], f'{row["unit"]}/{row["post"]}'
    live.event(Kind.TASK_REDIRECTED, SYSTEM, said(live.step.functions['post_name'], kept, to), kept | {'to': to}, node)


def said(post_name: Callable, kept: Mapping[str, str], instead: str) -> str:
    """The sentence about it: who should have done it, why not, by what it went to whom."""
    asked = f'原应由{post_name(kept["asked"])}办' if kept['asked'] else '图上没有写明由谁办'
    why = f'，{directory.WHY[kept["why"]]}' if kept['asked'] else ''
    return f'{asked}{why}，按决策表“{kept["table"]}”转{post_name(instead)}'


def _asked(session: Session, tenant: Any, held: Held, why: str, day: date) -> dict[str, Any]:
    tree, (unit, post) = directory.tree(session, tenant.id, tenant.parameter_revision), held
    heir = tree.heir(unit, day) if unit in tree else None
    return {'why': why, 'unit': unit, 'post': post, 'unit_kind': tree[unit].kind if unit in tree else '',
            'heir': '' if heir in (None, unit) else heir}
