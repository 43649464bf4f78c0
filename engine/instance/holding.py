"""What keeps a task from being done at once: another account has claimed it, or other posts are asked first."""
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from engine import directory, statement
from engine.errors import Refused, listed
from engine.history import Actor, Kind
from engine.instance.row import TASK
from engine.spiff import Node

_ASKED = select(TASK).where(TASK.c.asks == bindparam('task'), or_(TASK.c.state == 'open', TASK.c.state == 'later'))
_LOGIN = select(directory.Account.login).where(directory.Account.id == bindparam('key'))
_SUBMIT = (TASK.update().where(TASK.c.id == bindparam('b_id'), TASK.c.state == 'open', TASK.c.kept.is_not_distinct_from(
    bindparam('b_was'))).values(kept=bindparam('b_kept')))
_ASK_NOW = (TASK.update().where(TASK.c.asks == bindparam('b_task'), TASK.c.state == 'later')
            .values(state='open', opened_at=bindparam('b_at')))


def check(step: Any, row: Mapping[str, Any], actor: Actor) -> None:
    """:raises Refused: it asks for an opinion, is in another's hand, or has been submitted and waits for consent."""
    if row['u_asks'] is not None:
        raise Refused('这是征求您的意见，请用“答复”，不是办理。')
    if row['u_owner'] is not None:
        raise Refused('这一步是“{owner}”委派来的，办好了请交回，由委派的岗位提交。', owner=_post(step, row['u_owner']))
    check_claim(step, row, actor)
    if submitted(row['u_kept']) is not None:
        raise Refused('这一步已经提交，正在等加签的岗位同意；要改就先收回，或者等答复。')


def check_claim(step: Any, row: Mapping[str, Any], actor: Actor) -> None:
    """:raises Refused: another account has claimed the task; the sentence says which, and what to do."""
    claimed = row['u_claimed_by']
    if claimed is not None and claimed != actor.account_id:
        raise Refused('{post}（账号{login}）已认领，由认领的人办；要换人请其先放回，或者请督查员放回。',
                      post=_post(step, f'{row["u_unit"]}/{row["u_post"]}'), login=login(step, claimed))


def login(step: Any, account_id: int) -> str:
    """The login name of an account: it tells two of one post apart and names nobody."""
    return next(iter(statement.read(step.connection, _LOGIN, {'key': account_id})), {'login': str(account_id)})['login']


def asked(step: Any, task_id: UUID) -> list[dict[str, Any]]:
    """The opinions on a task that are not given yet."""
    return statement.read(step.connection, _ASKED, {'task': task_id})


def check_before(step: Any, opinions: list[dict[str, Any]]) -> None:
    """:raises Refused: somebody who is to answer before has not."""
    first = [row for row in opinions if row['how'] == 'before']
    if first:
        raise Refused('还在等{posts}的意见，答复以后再提交；不等了就先减签。',
                      posts=listed(_post(step, f'{row["unit"]}/{row["post"]}') for row in first))


def submit(step: Any, live: Any, task_id: UUID, node: Node, actor: Actor, answer: dict[str, Any], was: Any,
           after: list[dict[str, Any]]) -> None:
    """Keep a checked answer until everybody who is asked `after` it, and who is told so now, has agreed."""
    by = {'name': actor.name, 'unit': actor.unit, 'post': actor.post, 'account_id': actor.account_id,
          'for_name': actor.for_name, 'login': actor.login}
    step.plan.check(_SUBMIT, {'b_id': task_id, 'b_was': was, 'b_kept': {'answer': answer, 'by': by}})
    step.plan.change(_ASK_NOW, {'b_task': task_id, 'b_at': step.now})
    for row in after:
        step.opens(row)
    live.event(Kind.TASK_SUBMITTED, actor, node.name, {'answer': answer}, node)


def submitted(kept: Any) -> Actor | None:
    """Who submitted an answer that waits for consent; None: nobody did."""
    by = (kept or {}).get('by')
    return Actor(**by) if by else None


def _post(step: Any, reference: str) -> str:
    return step.functions['post_name'](reference)
