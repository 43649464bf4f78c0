"""Who sees what: own unit, subtree, supervised matters, the whole government, by post, as the table says."""
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from engine import actions, db, deployment, directory, parameter, visibility
from engine.directory import Unit
from engine.history import SYSTEM
from engine.ledger import FACTS, Matter
from engine.usertask import UserTask
from tests.webapp.browser import Browser
from tests.webapp.conftest import HASH, NOW, ROOT
from tests.webapp.matters import advance, engine_of, handled, register

Browse = Callable[[str], Browser]


@pytest.fixture
def matters(app: Flask) -> dict[str, UUID]:
    """One that fgw leads and sft shares, one that sft leads."""
    return {'fgw': register(app, title='发改委的事项', co_units=['sft'], co_duty='配合做好分内的工作', co_due_at='2020-10-20'),
            'sft': register(app, title='司法厅的事项', lead_unit='sft')}


def sees(browser: Browser) -> set[str]:
    return {name for name in ('发改委', '司法厅') if f'{name}的事项' in browser.get('/ledger').text}


def kind(app: Flask, unit: str, **values: object) -> None:
    with db.writing(engine_of(app)) as session:
        session.execute(update(Unit).where(Unit.tenant == 'gz', Unit.code == unit).values(**values))
        directory.changed(session, 'gz')


def test_a_unit_sees_what_it_leads_or_shares(matters: dict[str, UUID], browse: Browse) -> None:
    assert sees(browse('gz-fgw-liaison')) == {'发改委'} and sees(browse('gz-sft-chief')) == {'发改委', '司法厅'}
    browse('gz-fgw-liaison').get(f'/matter/{matters["sft"]}', status=404)


def test_a_unit_sees_what_is_below_it(app: Flask, matters: dict[str, UUID], browse: Browse) -> None:
    kind(app, 'sft', parent='fgw')
    assert sees(browse('gz-fgw-liaison')) == {'发改委', '司法厅'}
    browse('gz-fgw-liaison').get(f'/matter/{matters["sft"]}')


def test_a_section_sees_what_it_supervises(app: Flask, matters: dict[str, UUID], browse: Browse) -> None:
    """P03-01 A05; whichever unit is the supervision office sees all, whatever it is called."""
    kind(app, 'office', kind='秘书科室')
    assert sees(browse('gz-office-head')) == {'发改委', '司法厅'}
    with db.writing(engine_of(app)) as session:
        bundle = deployment.bundle(session, deployment.current(session, 'gz').id)
        parameter.change(session, 'gz', 'supervision_unit', 'gov', SYSTEM, bundle)
        session.execute(update(Matter).where(Matter.id == matters['sft']).values(supervisor_unit='gov'))
        session.execute(update(Matter).where(Matter.id == matters['fgw']).values(supervisor_unit='office'))
    assert sees(browse('gz-office-head')) == {'发改委'} and sees(browse('gz-office-auditor')) == {'发改委', '司法厅'}
    browse('gz-office-head').get(f'/matter/{matters["sft"]}', status=404)
    assert browse('gz-office-officer').get(f'/matter/{matters["sft"]}').h1 == '司法厅的事项', 'it registered it itself'


def appoint(app: Flask, unit: str, unit_kind: str) -> str:
    """A unit with an officer; its login."""
    login = f'gz-{unit}-officer'
    with db.writing(engine_of(app)) as session:
        if session.get(Unit, ('gz', unit)) is None:
            directory.add_unit(session, 'gz', unit, f'省{unit}', unit_kind)
        directory.add_post(session, 'gz', unit, 'officer', '督查员')
        directory.add_account(session, 'gz', unit, 'officer', login, HASH)
        directory.changed(session, 'gz')
    return login


def test_an_officer_of_a_department_sees_its_own_and_what_it_supervises(
        app: Flask, matters: dict[str, UUID], browse: Browse) -> None:
    """P08-03 P03-01 A28"""
    login = appoint(app, 'fgw', '部门')
    with db.reading(engine_of(app)) as session:
        done = session.scalars(select(UserTask.id).where(
            UserTask.matter_id == matters['sft'], UserTask.element == 'register')).one()
    assert sees(browse(login)) == {'发改委'}
    browse(login).get(f'/matter/{matters["sft"]}', status=404)
    browse(login).get(f'/tasks/{done}', status=403)
    with db.writing(engine_of(app)) as session:
        session.execute(update(Matter).where(Matter.id == matters['sft']).values(supervisor_unit='fgw'))
    assert sees(browse(login)) == {'发改委', '司法厅'}
    browse(login).get(f'/matter/{matters["sft"]}')
    browse(login).get(f'/tasks/{done}')


def test_a_draft_is_seen_by_who_follows_the_matter_up(app: Flask, browse: Browse) -> None:
    """P03-08: a unit hears of a notice when it is issued."""
    matter_id = handled(app)
    advance(app, 2020, 11, 3)
    login = appoint(app, 'fgw', '部门')

    def notices(who: str) -> list[set[str]]:
        """The notices on the list of drafts, and those on the page of the matter."""
        return [set(browse(who).get(path).all('//main//a[starts-with(@href, "/notice/")]/@href'))
                for path in ('/notice?state=draft', f'/matter/{matter_id}')]
    (draft,), of_matter = notices('gz-office-officer')
    assert draft in of_matter and notices(login) == [set(), of_matter - {draft}]
    with db.writing(engine_of(app)) as session:
        session.execute(update(Matter).values(supervisor_unit='fgw'))
    assert notices(login) == [{draft}, of_matter]


@pytest.mark.parametrize('unit_kind', ['办公厅', '办公室', '督查机构'])
def test_the_office_of_the_government_sees_all(app: Flask, matters: dict[str, UUID], browse: Browse, unit_kind: str) -> None:
    """A28"""
    login = appoint(app, 'bgs', unit_kind)
    assert sees(browse(login)) == {'发改委', '司法厅'}
    browse(login).get(f'/matter/{matters["sft"]}')


def test_who_sees_what_is_asked_without_a_page(app: Flask, matters: dict[str, UUID]) -> None:
    """The supervision office and the leaders all, whatever kind of unit they sit in; a new kind of post its own."""
    def seen(*posts: tuple[str, str]) -> set[UUID]:
        with db.reading(engine_of(app)) as session:
            bundle = deployment.bundle(session, deployment.current(session, 'gz').id)
            sight = visibility.sight(session, directory.tenant(session, 'gz'), posts, bundle)
            return set(session.scalars(select(Matter.id).where(sight.condition())))
    everything = set(matters.values())
    for held in (('office', 'officer'), ('office', 'head'), ('office', 'auditor'), ('gov', 'deputy'), ('gov', 'principal')):
        assert seen(held) == everything
    assert seen(('fgw', 'statistician')) == {matters['fgw']} and seen(('sft', 'liaison')) == everything
    assert seen(('fgw', 'statistician'), ('gov', 'deputy')) == everything


def shipped() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for folder in ('workflows', 'forms') for path in (ROOT / folder).iterdir()
            if path.suffix in ('.bpmn', '.dmn', '.form', '.docx')}


def deploy(app: Flask, files: dict[str, bytes]) -> None:
    topics = {topic: action.parameters() for topic, action in actions.known().items()}
    with db.writing(engine_of(app)) as session:
        deployment.deploy(session, 'gz', files, '系统', '', NOW, topics, FACTS)


@pytest.mark.parametrize(('scope', 'seen'), [
    ('tenant', {'发改委', '司法厅'}), ('own', {'发改委'}), ('supervised', set()), ('', set())])
def test_the_table_of_the_government_decides(app: Flask, matters: dict[str, UUID], browse: Browse, scope: str,
                                             seen: set[str]) -> None:
    files = shipped()
    files['visibility.dmn'] = files['visibility.dmn'].replace(b'"subtree"</text>', f'"{scope}"</text>'.encode())
    deploy(app, files)
    assert sees(browse('gz-fgw-liaison')) == seen
    browse('gz-fgw-liaison').get(f'/matter/{matters["fgw"]}')          # it has a task there


def test_without_the_table_nobody_sees_more_than_the_own_unit(app: Flask, matters: dict[str, UUID], browse: Browse) -> None:
    """Who sees more is a rule, and no rule stands in the program."""
    deploy(app, {name: data for name, data in shipped().items() if name != 'visibility.dmn'})
    for login in ('gz-office-officer', 'gz-gov-principal'):
        assert sees(browse(login)) == set()
    assert sees(browse('gz-fgw-liaison')) == {'发改委'}


def test_lists_and_counts_agree_for_whoever_looks(app: Flask, matters: dict[str, UUID], browse: Browse) -> None:
    """Led, shared and supervised at once: nothing is counted twice."""
    kind(app, 'office', kind='秘书科室')
    with db.writing(engine_of(app)) as session:
        session.execute(update(Matter).values(supervisor_unit='office', lead_unit='office'))
    page = browse('gz-office-head').get('/ledger')
    assert len([row for row in page.all('//main//a/@href') if row.startswith('/matter/')]) == len(set(
        row for row in page.all('//main//a/@href') if row.startswith('/matter/'))) == 2
