"""A process remembers what a revision says is current, per database, and not without end."""
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from engine import remember


def test_a_value_is_made_once_per_key_and_database() -> None:
    one, other = Session(create_engine('sqlite://')), Session(create_engine('sqlite://'))
    made = []

    def make() -> int:
        made.append(1)
        return len(made)
    assert [remember.remember(one, ('names', 'gz', 1), make) for _ in range(3)] == [1, 1, 1]
    assert remember.remember(other, ('names', 'gz', 1), make) == 2
    assert remember.remember(one, ('names', 'gz', 2), make) == 3


def test_the_oldest_value_is_forgotten_first() -> None:
    session = Session(create_engine('sqlite://'))
    for number in range(remember.LARGEST + 1):
        remember.remember(session, number, lambda: 'first')
    assert remember.remember(session, 0, lambda: 'again') == 'again'
    assert remember.remember(session, remember.LARGEST, lambda: 'again') == 'first'
