"""常用意见: an account's own words, in its own order."""
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from engine import db, phrase
from engine.directory import Account
from engine.errors import NotFound, Refused
from tests.workflows.story import moment, office


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    office(engine, 'gz', moment('2020-09-27 09:10'))
    with db.writing(engine) as session:
        yield session


def held(session: Session, account: int = 1) -> list[str]:
    return [row.text for row in phrase.of(session, account)]


def test_words_are_added_changed_ordered_and_forgotten(session: Session) -> None:
    agree, again, more = (phrase.add(session, 1, text).id for text in ('同意。', '请 按期\n办结。', '请补充依据。'))
    assert held(session) == ['同意。', '请 按期 办结。', '请补充依据。']
    phrase.move(session, 1, more, -1)
    phrase.move(session, 1, agree, -1)                 # the first stays where it is
    assert held(session) == ['同意。', '请补充依据。', '请 按期 办结。']
    phrase.change(session, 1, again, '请按期办结。')
    phrase.remove(session, 1, agree)
    assert held(session) == ['请补充依据。', '请按期办结。'] and held(session, 2) == []


def test_nobody_touches_the_words_of_another(session: Session) -> None:
    own = phrase.add(session, 1, '同意。').id
    other = session.scalars(select(Account.id).where(Account.id != 1).limit(1)).one()
    with pytest.raises(NotFound, match='没有找到这条常用意见'):
        phrase.remove(session, other, own)


def test_empty_long_double_and_too_many_are_refused(session: Session) -> None:
    phrase.add(session, 1, '同意。')
    for text, said in (('', '1到200个字'), ('长' * 201, '现在有201个'), (' 同意。', '已经有“同意。”')):
        with pytest.raises(Refused, match=said):
            phrase.add(session, 1, text)
    for number in range(phrase.MOST - 1):
        phrase.add(session, 1, f'意见{number}')
    with pytest.raises(Refused, match='最多30条'):
        phrase.add(session, 1, '再来一条')
