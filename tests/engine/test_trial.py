"""Trials: a list of acts that a person may go on with; bounded, and never written over from another window."""
from collections.abc import Iterator
from datetime import date, datetime, timezone

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import db, trial
from engine.directory import Account, Post, Tenant, Unit
from engine.errors import Conflict, NotFound, Refused
from engine.trial import MOST_ACTS, Trial

NOW, DAY = datetime(2020, 5, 7, tzinfo=timezone.utc), date(2026, 3, 2)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A government with two people."""
    with db.writing(engine) as session:
        session.add(Tenant(id='gz', name='贵州省', level='省', covered_until=date(2020, 12, 31)))
        session.flush()
        session.add(Unit(tenant='gz', code='office', name='办公厅', kind='部门'))
        session.flush()
        session.add(Post(tenant='gz', unit='office', post='owner', name='流程管理员'))
        session.flush()
        session.add_all(Account(id=one, tenant='gz', unit='office', post='owner', login=str(one), password_hash='!')
                        for one in (1, 2))
        session.flush()
        yield session


def begun(session: Session, account: int = 1) -> Trial:
    return trial.begin(session, 'gz', account, 'matter', None, DAY, None, NOW)


def test_it_is_ones_own_and_the_last_twenty_are_kept(session: Session) -> None:
    other = begun(session, 2)
    made = [begun(session) for _trial in range(22)]
    assert trial.trials(session, 1, 'matter', None) == made[:1:-1]
    assert trial.trials(session, 2, 'matter', None) == [other] and trial.trials(session, 1, 'notice', None) == []
    session.expire_all()
    with pytest.raises(NotFound):
        trial.find(session, 1, 2)
    with pytest.raises(NotFound):
        trial.find(session, 2, made[-1].id)


def test_acts_go_on_from_where_they_were_seen_and_have_an_end(session: Session) -> None:
    row = begun(session)
    trial.keep(row, [{'verb': 'until', 'at': 'x'}], 0, NOW)
    with pytest.raises(Conflict, match='另一个窗口'):
        trial.keep(row, [], 0, NOW)
    for too_much in ([{}] * (MOST_ACTS + 1), [{'verb': 'x' * 1_000_001}]):
        with pytest.raises(Refused, match=f'最多试{MOST_ACTS}步'):
            trial.keep(row, too_much, 1, NOW)
    assert (row.acts, row.revision) == ([{'verb': 'until', 'at': 'x'}], 1)
