"""What people do at random with a task besides submitting it. Whatever is offered to them must be carried out."""
import random
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from engine import assignment, db, directory
from engine.directory import Account
from engine.errors import Broken, Refused
from engine.history import Actor
from engine.usertask import UserTask
from tests.faults.case import TENANT

_POSTS = ('fgw/liaison', 'fgw/chief', 'gxt/liaison', 'office/officer', 'gov/deputy')
_WHY = '情况有变'
_MAY_FAIL = '撤回不了：这一步的期限已经过了。'        # only a look at the state as it was would tell


def actor(session: Session, unit: str, post: str) -> Actor:
    """The account of a post."""
    found = session.scalars(select(Account).where(Account.tenant == TENANT, Account.unit == unit, Account.post == post)).first()
    return Actor(directory.post_name(session, TENANT, f'{unit}/{post}'), unit, post, found and found.id, None, found and found.login)


def opened(session: Session, matter_id: UUID, *, asks: bool = False) -> list[UserTask]:
    """The open tasks of a matter, or the opinions that are asked on them, in an order that chance can choose from."""
    return list(session.scalars(select(UserTask).where(
        UserTask.matter_id == matter_id, UserTask.state == 'open', UserTask.asks.is_not(None) if asks else UserTask.asks.is_(None))
        .order_by(UserTask.element, UserTask.unit, UserTask.post, UserTask.opened_at)))


def submitter(session: Session, task: UserTask) -> tuple[Actor, str]:
    """Who has a task, and what keeps it from being submitted."""
    who = actor(session, task.unit, task.post)
    return who, assignment.offers(session, task.id, who).held


class Acts:
    """The chance that acts on one matter's tasks."""

    def __init__(self, engine: Engine, matter_id: UUID, chance: random.Random) -> None:
        self.engine, self.matter, self.chance = engine, matter_id, chance

    def go(self) -> None:
        """One act, if any is offered to those whom chance chooses."""
        with db.reading(self.engine) as session:
            think = self.chance.choice((self._opine, self._recall, self._act, self._act))(session)
        if think is None:
            return
        try:
            db.carry_out(self.engine, think)
        except Refused as refused:
            if str(refused) != _MAY_FAIL:
                raise
        except Broken as broken:                # the form of an opened step cannot be asked for; nothing has been written
            assert broken.advice, broken

    def _opine(self, session: Session) -> Any:
        asked = opened(session, self.matter, asks=True)
        if not asked:
            return None
        one = self.chance.choice(asked)
        who, agrees = actor(session, one.unit, one.post), self.chance.random() < 0.7
        return lambda session: assignment.opine(session, one.id, who, '看过了', agrees)

    def _recall(self, session: Session) -> Any:
        done = session.scalars(select(UserTask).where(
            UserTask.matter_id == self.matter, UserTask.state == 'done', UserTask.asks.is_(None))
            .order_by(UserTask.closed_at.desc(), UserTask.element, UserTask.unit).limit(3)).all()
        able = [(task, who) for task in done if assignment.recallable(
            session, task.id, who := actor(session, task.unit, task.post)) == '']
        if not able:
            return None
        task, who = self.chance.choice(able)
        return lambda session: assignment.recall(session, task.id, who, _WHY)

    def _act(self, session: Session) -> Any:
        tasks = opened(session, self.matter)
        if not tasks:
            return None
        task = self.chance.choice(tasks)
        at = task.owner if task.owner and self.chance.random() < 0.3 else f'{task.unit}/{task.post}'
        who = actor(session, *at.split('/'))
        acts = sorted(assignment.offers(session, task.id, who).acts)
        return getattr(self, f'_{self.chance.choice(acts)}')(session, task, who) if acts else None

    def _other(self, session: Session, task: UserTask) -> str:
        """A post that can be asked."""
        has = {f'{one.unit}/{one.post}' for one in (task, *assignment.opinions(session, task.id))}
        return self.chance.choice([post for post in _POSTS if post not in has] or ['office/head'])

    def _claim(self, session: Session, task: UserTask, who: Actor) -> Any:
        return lambda session: assignment.claim(session, task.id, who)

    def _release(self, session: Session, task: UserTask, who: Actor) -> Any:
        return lambda session: assignment.release(session, task.id, who)

    def _transfer(self, session: Session, task: UserTask, who: Actor) -> Any:
        to = self._other(session, task)
        return lambda session: assignment.transfer(session, task.id, to, who, _WHY)

    def _delegate(self, session: Session, task: UserTask, who: Actor) -> Any:
        to = self._other(session, task)
        return lambda session: assignment.delegate(session, task.id, to, who, _WHY)

    def _hand_back(self, session: Session, task: UserTask, who: Actor) -> Any:
        return lambda session: assignment.hand_back(session, task.id, who, {}, '办好了')

    def _take_back(self, session: Session, task: UserTask, who: Actor) -> Any:
        return lambda session: assignment.take_back(session, task.id, who, _WHY)

    def _consult(self, session: Session, task: UserTask, who: Actor) -> Any:
        to, how = self._other(session, task), self.chance.choice(sorted(assignment.HOW))
        return lambda session: assignment.ask(session, task.id, to, how, who, '请看看')

    def _remove(self, session: Session, task: UserTask, who: Actor) -> Any:
        asked = [one for one in assignment.opinions(session, task.id) if one.state in ('open', 'later')]
        one = self.chance.choice(sorted(asked, key=lambda one: (one.unit, one.post)))
        return lambda session: assignment.remove(session, one.id, who, _WHY)

    def _return(self, session: Session, task: UserTask, who: Actor) -> Any:
        to = self.chance.choice(sorted(assignment.ways_back(assignment.seat(session, task.id, who))))
        return lambda session: assignment.give_back(session, task.id, to, who, _WHY)
