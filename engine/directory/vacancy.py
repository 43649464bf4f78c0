"""Posts that nobody can be asked at (P00-11), and why."""
from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from engine.directory.account import held
from engine.directory.naming import names
from engine.directory.substitute import Held, stand_ins
from engine.directory.tree import tree

WHY = {'empty': '没有写明由谁办', 'no_unit': '没有这个单位', 'unit_ended': '这个单位已经撤并', 'no_post': '这个单位没有这个岗位',
       'no_holder': '这个岗位现在没有人'}
"""Why nobody can be asked, and how it is said."""


def vacancy(session: Session, tenant_id: str, post: Held, day: date, revision: int | None = None) -> str:
    """Why nobody can be asked at a post on that day, one of `WHY`; '' when somebody can: it has an account, or
    somebody who has one stands in for it. `revision` as for `names`."""
    units, taken = tree(session, tenant_id, revision), held(session, tenant_id, revision)
    if post[0] not in units:
        return 'no_unit'
    if not units[post[0]].exists(day):
        return 'unit_ended'
    if '/'.join(post) not in names(session, tenant_id, revision).posts:
        return 'no_post'
    if post in taken or any(one in taken for one in stand_ins(session, tenant_id, post, day, revision)):
        return ''
    return 'no_holder'


def vacant(session: Session, tenant_id: str, day: date, post: str = 'liaison', units: Iterable[str] | None = None,
           revision: int | None = None) -> list[str]:
    """Of these units, else of all that exist on that day and have such a post, those where nobody can be asked."""
    if units is None:
        known, posts = tree(session, tenant_id, revision), names(session, tenant_id, revision).posts
        units = [code for code in known if known[code].exists(day) and f'{code}/{post}' in posts]
    return [code for code in units if vacancy(session, tenant_id, (code, post), day, revision)]


def warnings(session: Session, tenant_id: str, day: date) -> list[str]:
    """Posts of today's units that nobody holds or stands in for, one sentence each."""
    called = names(session, tenant_id)
    return [f'{called.post(reference)}还没有账号，交给它的任务没有人能办' for reference in called.posts
            if vacancy(session, tenant_id, tuple(reference.split('/')), day) == 'no_holder']
