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


def test_a_new_government_is_told_which_posts_its_diagrams_ask_for(app: Flask, browse: Callable[[str], Browser]) -> None:
    operator = browse('gz-office-operator')
    operator.get('/tenants')
    password = operator.submit({'code': 'zx', 'name': '某县', 'level': '县'}, form='//main//aside//form').one(
        '//main//code').text_content()
    owner = browse('zx-office-owner')
    owner.get('/password')
    owner.submit({'old': password, 'new': 'correct-horse-9', 'again': 'correct-horse-9'}, form='//main//form')
    said = owner.get('/directory').text
    assert '主要领导（单位代码gov）' in said and '督查员、督查室负责人' in said and '每个岗位都有人' not in said
    owner.get('/directory/unit/office')
    owner.submit({'post': 'officer'}, press='设岗位')
    assert '督查员、督查室负责人' not in owner.get('/directory').text
    assert '流程图要找' not in browse('gz-office-owner').get('/directory').text
