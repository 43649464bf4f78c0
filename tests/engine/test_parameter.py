"""A government's own numbers stand before the table's, are read anew after a change, and must fit."""
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from engine import directory, history, parameter
from engine.db import reading, writing
from engine.directory import Tenant
from engine.errors import Broken, NotFound, Refused
from engine.history import Actor

OWNER = Actor('省政府办公厅·流程管理员', 'office', 'owner')
BUNDLE = SimpleNamespace(parameters={
    'warning_days': {'value': 3, 'label': '到期前几个工作日亮黄灯', 'unit': '个工作日'},
    'clock_13710': {'value': False, 'label': '按“13710”提醒', 'unit': '是否'},
    'level_1_points': {'value': 0.5, 'label': '一级每下发一次扣分', 'unit': '分'},
    'due_roll': {'value': 'none', 'label': '期限落在休息日：none 不变，previous 提前，next 顺延', 'unit': '代码'},
    'supervision_unit': {'value': 'office', 'label': '承担督查职责的单位', 'unit': '单位代码'},
    'level_1_label': {'value': '督办', 'label': '一级名称', 'unit': '文字'}})


@pytest.fixture
def filled(engine: Engine) -> Engine:
    with writing(engine) as session:
        session.add_all([Tenant(id=code, name=name, level='省', covered_until=date(2020, 12, 31))
                         for code, name in (('gz', '贵州省'), ('zs', '柞水县'))])
        session.flush()
        directory.add_unit(session, 'gz', 'office', '省政府办公厅', '办公厅')
    return engine


def read(session: Session, tenant: str = 'gz') -> object:
    return parameter.reader(session, session.get(Tenant, tenant), BUNDLE)


def set_(engine: Engine, name: str, value: object) -> parameter.Setting:
    with writing(engine) as session:
        return parameter.change(session, 'gz', name, value, OWNER, BUNDLE)


def test_the_tables_value_counts_until_the_government_has_its_own(filled: Engine) -> None:
    with reading(filled) as session:
        assert read(session)('warning_days') == 3
    set_(filled, 'warning_days', '5')
    with reading(filled) as session:
        assert read(session)('warning_days') == 5
        assert read(session, 'zs')('warning_days') == 3
        shown = {one.name: one for one in parameter.settings(session, session.get(Tenant, 'gz'), BUNDLE)}
        assert shown['warning_days'] == ('warning_days', 5, 3, True, '到期前几个工作日亮黄灯', '个工作日')
        assert not shown['due_roll'].own


def test_a_change_is_on_the_trail_with_old_and_new(filled: Engine) -> None:
    set_(filled, 'clock_13710', '是')
    with reading(filled) as session:
        event = session.scalars(select(history.Event)).one()
        assert (event.kind, event.actor) == ('parameter.changed', '省政府办公厅·流程管理员')
        assert event.summary == '按“13710”提醒：由否改为是'
        assert event.data == '{"name":"clock_13710","new":true,"old":false}'


def test_going_back_to_the_default_leaves_no_row(filled: Engine) -> None:
    set_(filled, 'level_1_points', '1')
    assert set_(filled, 'level_1_points', None).value == 0.5
    with reading(filled) as session:
        assert session.scalars(select(parameter.Parameter)).all() == []
        assert session.get(Tenant, 'gz').parameter_revision == 3      # the unit, the change, the way back


def test_setting_what_stands_already_changes_nothing(filled: Engine) -> None:
    set_(filled, 'warning_days', 3)
    with reading(filled) as session:
        assert session.scalars(select(history.Event)).all() == []


def test_a_change_that_is_rolled_back_is_not_remembered(filled: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(filled) as session:
        parameter.change(session, 'gz', 'warning_days', 9, OWNER, BUNDLE)
        assert read(session)('warning_days') == 9
        raise ZeroDivisionError
    set_(filled, 'warning_days', 7)
    with reading(filled) as session:
        assert read(session)('warning_days') == 7


@pytest.mark.parametrize('name, value, sentence', [
    ('warning_days', '三', '到期前几个工作日亮黄灯要填0到10000之间的数，您填的是三'),
    ('warning_days', '-1', '您填的是-1'),
    ('warning_days', '1.5', '到期前几个工作日亮黄灯要填整数，您填的是1.5'),
    ('clock_13710', '也许', '按“13710”提醒要填是或否，您填的是也许'),
    ('due_roll', 'later', 'none 不变，previous 提前，next 顺延；您填的是later'),
    ('supervision_unit', 'nowhere', '没有代码为“nowhere”的单位'),
    ('level_1_label', '', '一级名称要写1到60个字')])
def test_a_value_that_does_not_fit_is_refused(filled: Engine, name: str, value: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        set_(filled, name, value)


def test_values_are_read_as_the_defaults_kind(filled: Engine) -> None:
    assert set_(filled, 'level_1_points', '1.5').value == 1.5
    assert set_(filled, 'due_roll', 'next').value == 'next'
    assert set_(filled, 'clock_13710', True).value is True


def test_an_unknown_parameter_is_named(filled: Engine) -> None:
    with reading(filled) as session:
        with pytest.raises(Broken, match='没有叫“warn_days”的参数'):
            read(session)('warn_days')
        with pytest.raises(NotFound, match='没有叫“warn_days”的参数，是不是：warning_days'):
            parameter.get(session, session.get(Tenant, 'gz'), 'warn_days', BUNDLE)
