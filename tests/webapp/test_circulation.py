"""抄送 on pages: two clicks from a task, read by opening, marks for the sender."""
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from engine import db, deployment, directory, parameter
from engine.directory import Account, Unit
from engine.history import SYSTEM
from engine.ledger import Matter
from engine.usertask import UserTask
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW
from tests.webapp.matters import engine_of, handled

Browse = Callable[[str], Browser]


@pytest.fixture
def working(app: Flask) -> str:
    """The address of a matter that the lead unit works on."""
    return f'/matter/{handled(app)}'


def task_of(app: Flask, matter: str) -> str:
    """The address of its open task."""
    with db.reading(engine_of(app)) as session:
        return f'/tasks/{session.scalars(select(UserTask.id).where(UserTask.state == "open")).one()}'


def test_from_a_task_two_clicks_send_a_copy(app: Flask, working: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    page = liaison.get(task_of(app, working))
    liaison.get(page.one('//a[normalize-space()="抄送给…"]/@href'))
    page = liaison.submit({'to': ['sft/liaison'], 'note': '请知悉。'}, press='抄送')
    assert page.path.startswith('/tasks/') and '已抄送1个岗位' in page.text
    assert '1个岗位，0个看过' in page.text


def test_the_receiver_reads_it_and_opens_the_matter(working: str, browse: Browse) -> None:
    reader, officer = browse('gz-sft-liaison'), browse('gz-office-officer')
    reader.get(working, status=404)
    officer.get(f'{working}/copy')
    officer.submit({'names': '省司法厅·联络员\n省发展改革委', 'note': '请知悉。'}, press='抄送')
    page = reader.get('/copies?box=unread')
    assert '没看的 1' in page.text and page.texts('//tbody/tr')[0].startswith('建立健全重点企业和项目库')
    page = reader.get(page.one('//tbody//a/@href'))
    assert '请知悉。' in page.text and '谁看过' not in page.text
    assert reader.get(page.one('//a[normalize-space()="看这件事"]/@href')).h1 == '建立健全重点企业和项目库'
    assert '没有没看的' in reader.get('/copies?box=unread').text
    page = officer.get('/copies?box=sent')
    assert '1/3' in page.text
    page = officer.get(page.one('//tbody//a/@href'))
    assert '3个岗位，1个看过' in page.text
    assert page.texts('//section[h2[contains(., "谁看过")]]//tbody/tr')[0] == '省司法厅·联络员今天 09:10'
    trace = officer.get(f'{working}/trace?kind=beside').text
    assert '抄送省司法厅·联络员' in trace and '阅读抄送件' in trace


def test_a_section_reads_no_copy_of_what_it_does_not_supervise(app: Flask, working: str, browse: Browse) -> None:
    """P03-01 A05"""
    liaison, head = browse('gz-fgw-liaison'), browse('gz-office-head')
    liaison.get(f'{working}/copy')
    liaison.submit({'names': '省司法厅·联络员', 'note': '请知悉。'}, press='抄送')
    copy = liaison.get('/copies?box=sent').one('//tbody//a/@href')
    assert '请知悉。' in head.get(copy).text
    with db.writing(engine_of(app)) as session:
        session.execute(update(Unit).where(Unit.tenant == 'gz', Unit.code == 'office').values(kind='秘书科室'))
        directory.changed(session, 'gz')
        session.execute(update(Matter).values(supervisor_unit='gov', leader_post=None))
        bundle = deployment.bundle(session, deployment.current(session, 'gz').id)
        parameter.change(session, 'gz', 'supervision_unit', 'gov', SYSTEM, bundle)
    head.get(copy, status=404)


def test_a_copy_opens_one_matter_and_no_list(app: Flask, working: str, browse: Browse) -> None:
    other = f'/matter/{handled(app, title="另一件事")}'
    browse('gz-office-officer').get(f'{working}/copy')
    officer = browse('gz-office-officer')
    officer.get(f'{working}/copy')
    officer.submit({'to': ['sft']}, press='抄送')
    reader = browse('gz-sft-liaison')
    reader.get(working), reader.get(f'{working}/trace'), reader.get(other, status=404)
    assert '建立健全重点企业和项目库' not in reader.get('/ledger').text


def test_copies_are_found_by_title_and_code(working: str, browse: Browse) -> None:
    officer, reader = browse('gz-office-officer'), browse('gz-sft-liaison')
    officer.get(f'{working}/copy')
    officer.submit({'to': ['sft/liaison']}, press='抄送')
    assert len(reader.get('/copies?q=项目库').all('//tbody/tr')) == 1
    assert '没有符合条件的抄送件' in reader.get('/copies?q=别的').text


def test_names_are_pasted_with_whatever_stands_between_them(working: str, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    officer.get(f'{working}/copy')
    page = officer.submit({'names': '省司法厅；省发展改革委·联络员 省发展改革委·单位负责人;\r\n省政府·分管领导\t省政府·主要领导'}, press='抄送')
    assert '已抄送6个岗位' in page.text


@pytest.mark.parametrize(('given', 'said'), [
    ({}, '还没有选抄送给谁'), ({'names': '省司法厅、省气象局'}, '没有叫“省气象局”的单位或岗位'),
    ({'to': ['office/operator']}, '抄送不到“省政府办公厅·运维员”'), ({'to': ['sft'], 'note': '长' * 501}, '附言最多500个字')])
def test_what_cannot_be_sent_keeps_what_was_typed(working: str, browse: Browse, given: dict, said: str) -> None:
    officer = browse('gz-office-officer')
    officer.get(f'{working}/copy')
    page = officer.post(f'{working}/copy', given, status=422)
    assert said in page.text and page.one('//textarea[@name="names"]').text_content().strip() == given.get('names', '')


def test_others_see_neither_the_copy_nor_its_marks(working: str, browse: Browse) -> None:
    officer, stranger = browse('gz-office-officer'), browse('cz-office-officer')
    officer.get(f'{working}/copy')
    officer.submit({'to': ['sft/liaison']}, press='抄送')
    path = officer.get('/copies?box=sent').one('//tbody//a/@href')
    stranger.get(path, status=404)
    browse('gz-sft-chief').get(path, status=404)
    browse('gz-office-auditor').get(path)
    browse('gz-office-operator').get('/copies', status=403)
    auditor = browse('gz-office-auditor')
    assert '抄送给…' not in auditor.get(working).text
    auditor.get(f'{working}/copy', status=403)


def test_a_substitute_reads_for_the_absent(app: Flask, working: str, browse: Browse) -> None:
    officer, chief = browse('gz-office-officer'), browse('gz-sft-chief')
    officer.get(f'{working}/copy')
    officer.submit({'to': ['sft/liaison']}, press='抄送')
    with db.writing(engine_of(app)) as session:
        directory.set_substitute(session, 'gz', ('sft', 'liaison'), ('sft', 'chief'), NOW.date(), NOW.date())
    page = chief.get('/copies')
    chief.get(page.one('//tbody//a/@href'))
    chief.get(working)
    marks = officer.get(officer.get('/copies?box=sent').one('//tbody//a/@href'))
    assert marks.texts('//section[h2[contains(., "谁看过")]]//tbody/tr')[0].endswith('省司法厅·单位负责人 代 省司法厅·联络员')


def test_two_hundred_posts_are_sent_to_from_one_page(app: Flask, working: str, browse: Browse) -> None:
    with db.writing(engine_of(app)) as session:
        directory.add_unit(session, 'gz', 'club', '省直各单位', '部门', position=99)
        for n in range(200):
            directory.add_post(session, 'gz', 'club', f'p{n}', f'{n + 1}室')
        session.flush()
        session.add_all(Account(tenant='gz', unit='club', post=f'p{n}', login=f'club-{n}', password_hash='!',
                                session_key='') for n in range(200))
    officer = browse('gz-office-officer')
    officer.get(f'{working}/copy')
    assert '已抄送200个岗位' in officer.submit({'names': '省直各单位'}, press='抄送').text
