"""Tokens: told once, kept as a hash, ended by revoking, by a new password, by closing the account."""
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from engine import clock, db, directory, token
from engine.directory import Account, Tenant
from engine.errors import NotFound
from engine.token import Token


@pytest.fixture
def account(engine: Engine) -> int:
    """The id of an account with the login 'gz-owner'."""
    with db.writing(engine) as session:
        session.add(Tenant(id='gz', name='贵州省', level='省', covered_until=clock.utcnow().date()))
        session.flush()
        directory.add_unit(session, 'gz', 'office', '省政府办公厅', '部门')
        directory.add_post(session, 'gz', 'office', 'owner', '流程管理员')
        return directory.add_account(session, 'gz', 'office', 'owner', 'gz-owner', 'nobody signs in').id


def made(session: Session, account: int) -> str:
    return token.make(session, session.get(Account, account))


def test_a_token_speaks_for_its_account(engine: Engine, account: int) -> None:
    with db.writing(engine) as session:
        first, second = made(session, account), made(session, account)
        assert first != second
        assert token.holder(session, first) == token.holder(session, second) == account


def test_the_database_does_not_know_the_token(engine: Engine, account: int) -> None:
    with db.writing(engine) as session:
        secret = made(session, account).partition('.')[2]
        row = session.scalar(select(Token))
        assert len(secret) >= 43 and secret not in str(vars(row))


@pytest.mark.parametrize('text', ['', '.', '1', '1.', '1.x', '2.{secret}', '-1.{secret}', '１.{secret}',
                                  '9999999999.{secret}', '{secret}', '1.{secret}x', '1.{secret}\x00', 'x.{secret}', '1.督办'])
def test_what_is_no_token_speaks_for_nobody(engine: Engine, account: int, text: str) -> None:
    with db.writing(engine) as session:
        secret = made(session, account).partition('.')[2]
        assert token.holder(session, text.format(secret=secret)) is None


def test_revoking_ends_every_token_of_the_account(engine: Engine, account: int) -> None:
    with db.writing(engine) as session:
        tokens = [made(session, account) for _ in range(2)]
        assert token.revoke(session, session.get(Account, account)) == 2
        assert [token.holder(session, one) for one in tokens] == [None, None]
        assert token.revoke(session, session.get(Account, account)) == 0
        assert token.holder(session, made(session, account)) == account


def test_a_new_password_ends_tokens_as_it_ends_sessions(engine: Engine, account: int) -> None:
    with db.writing(engine) as session:
        one = made(session, account)
        directory.set_password(session.get(Account, account), '一个新的长密码二')
        session.flush()
        assert token.holder(session, one) is None


def test_an_account_that_is_closed_has_no_tokens(engine: Engine, account: int) -> None:
    with db.writing(engine) as session:
        one = made(session, account)
        session.get(Account, account).active = False
        session.flush()
        assert token.holder(session, one) is None
        with pytest.raises(NotFound, match='gz-owner'):
            token.owner(session, 'gz-owner')
