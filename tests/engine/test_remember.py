"""A process remembers what a revision says is current, per database, and not without end."""
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from engine import remember


def test_a_value_is_made_once_per_revision_and_database() -> None:
    one, other = Session(create_engine('sqlite://')), Session(create_engine('sqlite://'))
    made = []

    def make() -> int:
        made.append(1)
        return len(made)
    assert [remember.remember(one, 'names', 'gz', 1, make) for _ in range(3)] == [1, 1, 1]
    assert remember.remember(other, 'names', 'gz', 1, make) == 2
    assert remember.remember(one, 'names', 'gz', 2, make) == 3
    assert remember.remember(one, 'names', 'cz', 1, make) == 4


def test_a_session_that_made_a_revision_keeps_nothing_of_it() -> None:
    engine = create_engine('sqlite://')
    writer, reader = Session(engine), Session(engine)
    remember.changing(writer, 'names', 'gz')
    assert remember.remember(writer, 'names', 'gz', 2, lambda: 'may be rolled back') == 'may be rolled back'
    assert remember.remember(reader, 'names', 'gz', 2, lambda: 'what is stored') == 'what is stored'
    assert remember.remember(writer, 'names', 'cz', 2, lambda: 'untouched') == 'untouched'


def test_the_oldest_value_is_forgotten_first() -> None:
    session = Session(create_engine('sqlite://'))
    for number in range(remember.LARGEST + 1):
        remember.remember(session, 'names', 'gz', number, lambda: 'first')
    assert remember.remember(session, 'names', 'gz', 0, lambda: 'again') == 'again'
    assert remember.remember(session, 'names', 'gz', remember.LARGEST, lambda: 'again') == 'first'
