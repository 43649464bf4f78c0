"""各级政府: the operator sees which there are and founds one, whose process owner enters the rest."""
from collections.abc import Callable

from flask import Flask

from tests.webapp.browser import Browser
from tests.webapp.test_account import signs_in


def test_the_operator_founds_a_government(app: Flask, browse: Callable[[str], Browser]) -> None:
    operator = browse('gz-office-operator')
    assert '贵州省' in operator.get('/tenants').text and '长治市' in operator.page.text
    page = operator.submit({'code': 'zx', 'name': '某县', 'level': '县'}, form='//main//aside//form')
    assert page.h1 == '某县建好了'
    assert signs_in(app, 'zx-office-owner', page.one('//main//code').text_content())
    operator.get('/tenants')
    said = operator.submit({'code': 'zx', 'name': '另一个', 'level': '县'}, form='//main//aside//form', status=422).text
    assert '代码“zx”已经有政府用了' in said
    assert '代码用小写字母开头' in operator.submit({'code': 'Z X'}, form='//main//aside//form', status=422).text


def test_only_the_operator_does(browse: Callable[[str], Browser]) -> None:
    browse('gz-office-owner').get('/tenants', status=403)
