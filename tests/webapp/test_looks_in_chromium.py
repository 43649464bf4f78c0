"""Every page as a phone shows it and as a desk shows it: no fault that axe finds, nothing to miss with a thumb."""
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.webapp.browser import Browser
from tests.webapp.furniture import furnish
from tests.webapp.looking import strolled

EVERYBODY = ('gz-fgw-liaison', 'gz-gov-principal', 'gz-office-officer', 'gz-office-owner', 'gz-office-auditor',
             'gz-office-operator')


@pytest.fixture
def furnished(app: Flask, browse: Callable[[str], Browser]) -> Flask:
    """The application with something on every page."""
    furnish(app, browse)
    return app


def test_each_kind_of_page_fits_a_phone_and_a_thumb(furnished: Flask, visit: Callable[..., Any]) -> None:
    kinds, faults = strolled(furnished, visit, EVERYBODY, 360)
    assert kinds > 50 and not faults


@pytest.mark.soak
@pytest.mark.parametrize('width', [360, 1280])
@pytest.mark.parametrize('login', EVERYBODY)
def test_each_post_finds_every_page_in_order(
        furnished: Flask, visit: Callable[..., Any], login: str, width: int) -> None:
    kinds, faults = strolled(furnished, visit, (login,), width, most=3)
    assert kinds > 15 and not faults
