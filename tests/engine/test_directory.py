"""Who there is, who may be asked, who may stand in, and who may come in."""
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import directory
from engine.db import reading, writing
from engine.directory import Tenant
from engine.errors import Forbidden, NotFound, Refused
from tests.engine.race import meanwhile

DAY = date(2020, 5, 7)
HASH = directory.hash_password('演示密码 2020')


@pytest.fixture
def session(engine: Engine) -> Session:
    with writing(engine) as session:
        session.add(Tenant(id='gz', name='贵州省', level='省', covered_until=date(2020, 12, 31)))
        session.flush()
        for position, (code, name, kind) in enumerate([('gov', '省政府', '政府'), ('office', '省政府办公厅', '办公厅'),
                                                       ('fgw', '省发展改革委', '部门'), ('gxt', '省工业和信息化厅', '部门')]):
            directory.add_unit(session, 'gz', code, name, kind, position=position)
        for unit, post, name in [('gov', 'principal', '主要领导'), ('gov', 'deputy', '分管领导'), ('office', 'officer', '督查员'),
                                 ('fgw', 'liaison', '联络员'), ('fgw', 'chief', '单位负责人'), ('gxt', 'liaison', '联络员')]:
            directory.add_post(session, 'gz', unit, post, name)
        directory.add_account(session, 'gz', 'fgw', 'liaison', 'gz-fgw-liaison', HASH)
        yield session


def test_names_are_spoken_and_follow_a_change(session: Session) -> None:
    called = directory.functions(session, 'gz')
    assert called['unit_name']('fgw,gxt') == '省发展改革委、省工业和信息化厅'
    assert called['unit_name'](['gxt']) == '省工业和信息化厅'
    assert called['unit_name'](None) is None and called['post_name'](None) is None
    assert called['post_name']('gov/deputy,fgw/chief') == '省政府·分管领导、省发展改革委·单位负责人'
    assert called['post_name']('nobody/knows') == 'nobody·knows'
    directory.add_unit(session, 'gz', 'sft', '省司法厅', '部门')
    assert directory.unit_names(session, 'gz')['sft'] == '省司法厅'


def test_two_who_change_the_directory_at_once_are_both_noticed(engine: Engine) -> None:
    with writing(engine) as first:
        first.add(Tenant(id='gz', name='贵州省', level='省', covered_until=date(2020, 12, 31)))

    def add(session: Session, code: str, name: str) -> None:
        assert code not in directory.unit_names(session, 'gz')
        directory.add_unit(session, 'gz', code, name, '部门')

    def other() -> None:
        with writing(engine) as another:
            add(another, 'czt', '省财政厅')
    with writing(engine) as one, meanwhile(engine, other) as second:
        add(one, 'sft', '省司法厅')
    second()
    with reading(engine) as after:
        assert directory.tenant(after, 'gz').parameter_revision == 2
        assert directory.unit_names(after, 'gz') == {'sft': '省司法厅', 'czt': '省财政厅'}


def test_an_unknown_government_is_named_with_the_known_ones(session: Session) -> None:
    with pytest.raises(NotFound, match='没有代码为“xx”的政府；现有：gz'):
        directory.tenant(session, 'xx')


def test_work_goes_only_to_units_that_somebody_can_answer_for(session: Session) -> None:
    assert directory.options(session, 'gz', 'units', DAY) == (('fgw', '省发展改革委'),)
    assert '省工业和信息化厅·联络员还没有账号，交给它的任务没有人能办' in directory.warnings(session, 'gz', DAY)
    assert not any('省发展改革委·联络员' in sentence for sentence in directory.warnings(session, 'gz', DAY))
    directory.add_account(session, 'gz', 'gxt', 'liaison', 'gz-gxt-liaison', HASH)
    assert ('gxt', '省工业和信息化厅') in directory.options(session, 'gz', 'units', DAY)


def test_leaders_are_the_posts_of_the_government(session: Session) -> None:
    assert directory.options(session, 'gz', 'leaders', DAY) == (('gov/deputy', '省政府·分管领导'),
                                                               ('gov/principal', '省政府·主要领导'))
    assert ('fgw/chief', '省发展改革委·单位负责人') in directory.options(session, 'gz', 'posts', DAY)
    with pytest.raises(NotFound, match='没有叫“people”的选项'):
        directory.options(session, 'gz', 'people', DAY)


def test_a_unit_counts_only_while_it_is_valid(session: Session) -> None:
    directory.add_unit(session, 'gz', 'jcj', '监察局', '部门', valid_to=date(2018, 3, 20), successor='jw')
    assert 'jcj' not in [unit.code for unit in directory.units(session, 'gz', DAY)]
    assert 'jcj' in [unit.code for unit in directory.units(session, 'gz', date(2013, 4, 26))]
    assert directory.unit_names(session, 'gz')['jcj'] == '监察局'            # old matters still say who it was


def test_a_substitute_stands_in_through_a_chain_and_only_in_time(session: Session) -> None:
    chief, liaison, other = ('fgw', 'chief'), ('fgw', 'liaison'), ('gxt', 'liaison')
    directory.set_substitute(session, 'gz', chief, liaison, DAY, date(2020, 5, 11))
    directory.set_substitute(session, 'gz', liaison, other, DAY, date(2020, 5, 9))
    assert directory.acting_for(session, 'gz', chief, chief, DAY) is None
    assert directory.acting_for(session, 'gz', other, chief, DAY) == '省发展改革委·单位负责人'
    assert directory.stands_for(session, 'gz', other, DAY) == [other, chief, liaison]
    with pytest.raises(Forbidden, match='这一步由省发展改革委·单位负责人办，省工业和信息化厅·联络员不能代办'):
        directory.acting_for(session, 'gz', other, chief, date(2020, 5, 11))


def test_substitutes_may_not_go_round_in_a_circle(session: Session) -> None:
    chief, liaison = ('fgw', 'chief'), ('fgw', 'liaison')
    directory.set_substitute(session, 'gz', chief, liaison, DAY, DAY)
    with pytest.raises(Refused, match='不能绕圈代办'):
        directory.set_substitute(session, 'gz', liaison, chief, DAY, DAY)
    with pytest.raises(Refused, match='不能绕圈代办'):
        directory.set_substitute(session, 'gz', liaison, liaison, date(2020, 6, 1), date(2020, 6, 1))
    with pytest.raises(Refused, match='代办要从前一天到后一天'):
        directory.set_substitute(session, 'gz', liaison, chief, date(2020, 6, 2), date(2020, 6, 1))
    directory.set_substitute(session, 'gz', liaison, chief, date(2020, 6, 1), date(2020, 6, 1))


def test_a_password_opens_only_its_own_account(session: Session) -> None:
    account = directory.holders(session, 'gz', 'fgw', 'liaison')[0]
    assert directory.check_password(account, '演示密码 2020')
    assert not directory.check_password(account, '演示密码 2021')
    assert not directory.check_password(None, '演示密码 2020')
    before = account.session_key
    directory.set_password(account, '另一个密码 99')
    assert directory.check_password(account, '另一个密码 99') and account.session_key != before


def test_accounts_are_refused_with_the_reason(session: Session) -> None:
    with pytest.raises(Refused, match='密码至少8个字符，现在是3个'):
        directory.hash_password('123')
    with pytest.raises(Refused, match='登录名“gz-fgw-liaison”已经有了'):
        directory.add_account(session, 'gz', 'fgw', 'chief', 'gz-fgw-liaison', HASH)
    with pytest.raises(NotFound, match='没有“fgw/head”这个岗位'):
        directory.add_account(session, 'gz', 'fgw', 'head', 'x', HASH)
    with pytest.raises(NotFound, match='没有代码为“nowhere”的单位'):
        directory.add_post(session, 'gz', 'nowhere', 'chief', '单位负责人')
