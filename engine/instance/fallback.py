"""Who does a task when nobody can be asked at the post that the diagram names: the version's table `fallback` says.

It is asked why (`directory.WHY`), the unit, its kind, the post and, where the unit became another one, that heir; it
answers posts as `unit/post`, separated by commas, and posts to the rescue when none of those has anybody either.
"""
from collections.abc import Callable, Mapping
from typing import Any

from engine import directory
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
    scope = live.scope({**node.local, **_asked(live, unit, post, why)}, node.closed)
    answers = live.step.decide(table, scope, node).values
    for place in (one for name in ANSWERS for one in str(answers.get(name) or '').split(',')):
        instead = tuple(place.strip().split('/'))
        if len(instead) == 2 and instead != (unit, post) and not why_nobody(live, *instead):
            kept = {'asked': '' if why == 'empty' else f'{unit}/{post}', 'why': why, 'table': table.name}
            return instead, kept
    return None


def tell(live: Any, row: Mapping[str, Any], node: Node) -> None:
    """Put on the trail that a task went to another post than the diagram names."""
    kept, to = row['fallback'], f'{row["unit"]}/{row["post"]}'
    live.event(Kind.TASK_REDIRECTED, SYSTEM, said(live.step.functions['post_name'], kept, to), kept | {'to': to}, node)


def said(post_name: Callable, kept: Mapping[str, str], instead: str) -> str:
    """The sentence about it: who should have done it, why not, by what it went to whom."""
    asked = f'原应由{post_name(kept["asked"])}办' if kept['asked'] else '图上没有写明由谁办'
    why = f'，{directory.WHY[kept["why"]]}' if kept['asked'] else ''
    return f'{asked}{why}，按决策表“{kept["table"]}”转{post_name(instead)}'


def _asked(live: Any, unit: str, post: str, why: str) -> dict[str, Any]:
    step = live.step
    tree = directory.tree(step.session, step.tenant_id, step.parameter_revision)
    heir = tree.heir(unit, step.today) if unit in tree else None
    return {'why': why, 'unit': unit, 'post': post, 'unit_kind': tree[unit].kind if unit in tree else '',
            'heir': '' if heir in (None, unit) else heir}
