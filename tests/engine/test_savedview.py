"""Saved views: own ones, those of a post and of a unit; who sees, changes and begins with which."""
from datetime import datetime, timezone

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import clock, db, directory, savedview
from engine.directory import Tenant
from engine.errors import Forbidden, NotFound, Refused
from engine.savedview import Holder

NOW = datetime(2020, 9, 27, 1, 10, tzinfo=timezone.utc)
PEOPLE = {'first': ('fgw', 'liaison'), 'second': ('fgw', 'liaison'), 'chief': ('fgw', 'chief'), 'other': ('sft', 'liaison')}


@pytest.fixture
def people(engine: Engine) -> dict[str, Holder]:
    """Two liaisons and the chief of one unit, the liaison of another."""
    with db.writing(engine) as session:
        session.add(Tenant(id='gz', name='贵州省', level='省', covered_until=clock.utcnow().date()))
        session.flush()
        for code in ('fgw', 'sft'):
            directory.add_unit(session, 'gz', code, code, '部门')
        for unit, post in sorted(set(PEOPLE.values())):
            directory.add_post(session, 'gz', unit, post, post)
        found = {name: directory.add_account(session, 'gz', unit, post, name, 'nobody signs in')
                 for name, (unit, post) in PEOPLE.items()}
        session.flush()
        return {name: Holder('gz', row.id, row.unit, row.post) for name, row in found.items()}


def names(session: Session, holder: Holder, room: str | None = 'tasks') -> list[str]:
    return [view.name for view in savedview.of(session, holder, room)]


def test_each_sees_what_was_saved_for_it(engine: Engine, people: dict[str, Holder]) -> None:
    with db.writing(engine) as session:
        for scope, name in (('unit', '全单位'), ('post', '本岗位'), ('own', '自己')):
            savedview.save(session, people['first'], 'tasks', name, 'lamp=red', NOW, scope)
        savedview.save(session, people['first'], 'ledger', '台账的', 'lamp=red', NOW)
    with db.reading(engine) as session:
        assert {name: names(session, holder) for name, holder in people.items()} == {
            'first': ['自己', '本岗位', '全单位'], 'second': ['本岗位', '全单位'], 'chief': ['全单位'], 'other': []}
        assert [view.mine for view in savedview.of(session, people['second'], 'tasks')] == [True, True]
        assert [view.mine for view in savedview.of(session, people['chief'])] == [False]
        assert names(session, people['first'], None) == ['台账的', '自己', '本岗位', '全单位']


def test_the_same_name_takes_the_new_filter(engine: Engine, people: dict[str, Holder]) -> None:
    with db.writing(engine) as session:
        first = savedview.save(session, people['first'], 'tasks', '超期的', 'lamp=red', NOW).id
        assert savedview.save(session, people['first'], 'tasks', ' 超期的 ', 'due=late', NOW).id == first
        assert [view.query for view in savedview.of(session, people['first'], 'tasks')] == ['due=late']


def test_no_two_views_of_an_account_have_one_name(engine: Engine, people: dict[str, Holder]) -> None:
    first, second = people['first'], people['second']
    with db.writing(engine) as session:
        savedview.save(session, first, 'tasks', '超期的', 'lamp=red', NOW, 'post')
        other = savedview.save(session, first, 'tasks', '临近的', 'lamp=yellow', NOW, 'post')
        for who in (first, second):                    # whoever of the post gives the name
            with pytest.raises(Refused, match='已经有一个叫“超期的”'):
                savedview.rename(session, who, other.id, ' 超期的 ')
        assert savedview.rename(session, first, other.id, '临近的').name == '临近的'
        own = savedview.save(session, first, 'tasks', '我的', 'lamp=red', NOW)
        assert savedview.rename(session, first, own.id, '超期的').scope == 'own', 'for other readers'


def test_a_filter_holds_only_what_the_room_offers() -> None:
    given = [('sort', 'due'), ('q', ' 粮食 '), ('lamp', 'red'), ('lamp', 'yellow'), ('unit', '')]
    assert savedview.written(given, ('q', 'lamp', 'unit', 'sort')) == 'q=%E7%B2%AE%E9%A3%9F&lamp=red&lamp=yellow&sort=due'
    for wrong in ([('next', '//evil.example')], [('q', ' ')], [], [('q', '长' * 400)]):
        with pytest.raises(Refused):
            savedview.written(wrong, ('q',))


@pytest.mark.parametrize(('name', 'scope'), [('', 'own'), ('   ', 'own'), ('名' * 31, 'own'), ('好', 'tenant'), ('好', '')])
def test_what_cannot_be_kept_is_refused(engine: Engine, people: dict[str, Holder], name: str, scope: str) -> None:
    with db.writing(engine) as session, pytest.raises(Refused):
        savedview.save(session, people['first'], 'tasks', name, 'lamp=red', NOW, scope)


def test_nobody_keeps_views_without_end(engine: Engine, people: dict[str, Holder]) -> None:
    with db.writing(engine) as session:
        for number in range(savedview.MOST):
            savedview.save(session, people['first'], 'tasks', f'第{number}个', 'lamp=red', NOW)
        with pytest.raises(Refused, match='先删掉不用的'):
            savedview.save(session, people['first'], 'tasks', '再来一个', 'lamp=red', NOW)


def test_names_order_and_begin(engine: Engine, people: dict[str, Holder]) -> None:
    first, chief = people['first'], people['chief']
    with db.writing(engine) as session:
        red, late = (savedview.save(session, first, 'tasks', name, 'lamp=red', NOW, 'unit').id for name in ('红灯', '超期'))
        savedview.move_up(session, first, late)
        savedview.move_up(session, first, late)                        # the first one stays where it is
        savedview.rename(session, first, red, '亮红灯的')
        savedview.begin_with(session, chief, 'tasks', red)
        assert names(session, chief) == ['超期', '亮红灯的']
        assert [view.default for view in savedview.of(session, chief, 'tasks')] == [False, True]
        assert not any(view.default for view in savedview.of(session, first, 'tasks'))
        savedview.begin_with(session, chief, 'tasks', late)
        assert [view.default for view in savedview.of(session, chief, 'tasks')] == [True, False]
        savedview.remove(session, first, late)
    with db.writing(engine) as session:
        assert [(view.name, view.default) for view in savedview.of(session, chief)] == [('亮红灯的', False)]
        savedview.begin_with(session, chief, 'tasks', red)
        savedview.begin_with(session, chief, 'tasks', None)
        assert not savedview.of(session, chief)[0].default


def test_others_leave_it_as_it_is(engine: Engine, people: dict[str, Holder]) -> None:
    with db.writing(engine) as session:
        own = savedview.save(session, people['first'], 'tasks', '自己', 'lamp=red', NOW).id
        unit = savedview.save(session, people['first'], 'tasks', '全单位', 'lamp=red', NOW, 'unit').id
        for refusal, holder, view in ((NotFound, 'second', own), (NotFound, 'other', unit), (Forbidden, 'chief', unit)):
            for act in (savedview.remove, savedview.move_up):
                with pytest.raises(refusal):
                    act(session, people[holder], view)
            with pytest.raises(refusal):
                savedview.rename(session, people[holder], view, '改名')
        with pytest.raises(NotFound):
            savedview.begin_with(session, people['chief'], 'ledger', unit)
        with pytest.raises(NotFound):
            savedview.begin_with(session, people['other'], 'tasks', unit)
