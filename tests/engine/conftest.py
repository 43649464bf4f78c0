"""A matter for the tests of what is done beside one."""
from uuid import UUID

import pytest
from sqlalchemy import Engine

from engine import db, instance
from tests.webapp.matters import POSTS, REGISTER
from tests.workflows.story import moment, office


@pytest.fixture
def matter(engine: Engine) -> UUID:
    """A matter of 贵州 that was registered and issued on 2020-09-27, a Sunday that is worked."""
    office(engine, 'gz', moment('2020-09-27 09:10'))
    return db.carry_out(engine, lambda session: instance.start(
        session, 'gz', 'matter', POSTS['officer'], answers={'register': REGISTER})).matter_id
