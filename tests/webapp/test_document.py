"""文书: what a step puts on paper, who reads it, as Word, on the screen and as PDF."""
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from docx import Document as Word
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from engine import db, history, instance
from engine.document import Document, paper
from engine.errors import Refused
from engine.usertask import UserTask
from tests.engine.test_fallback import empty
from tests.webapp.browser import Browser
from tests.webapp.matters import POSTS, advance, answer, engine_of, handled, issued_notice
from tests.webapp.test_visibility import appoint

Browse = Callable[[str], Browser]


@pytest.fixture
def overdue(app: Flask) -> UUID:
    """An overdue matter with two co-units: a timer has proposed a notice."""
    matter_id = handled(app, co_units=['sft'], co_due_at='2020-10-20', co_duty='提供名单')
    advance(app, 2020, 11, 3)
    return matter_id


def documents(app: Flask, matter_id: UUID) -> list[Document]:
    """The documents of a matter in the order of their issue."""
    with db.reading(engine_of(app)) as session:
        return list(session.scalars(select(Document).where(Document.matter_id == matter_id)
                                    .order_by(Document.issued_at, Document.id)))


def words(content: bytes) -> str:
    """All that a Word file says."""
    read = Word(BytesIO(content))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return '\n'.join([*(paragraph.text for paragraph in read.paragraphs), *cells])


def test_the_registration_is_issued_on_paper(app: Flask, overdue: UUID, browse: Browse) -> None:
    issued, = documents(app, overdue)
    page = browse('gz-fgw-liaison').get('/document')
    page = browse('gz-fgw-liaison').get(page.one('//tbody/tr/th/a/@href'))
    said = page.texts('//article//p')
    assert said[0] == '省政府办公厅文件' and said[1] == issued.number == '〔2020〕立项字第1号'
    assert said[2] == '关于“建立健全重点企业和项目库”立项督办的通知' and said[3] == '省发展改革委：'
    assert '牵头单位：省发展改革委。协办单位：省司法厅。' in said and '请于2020年10月30日前办结。' in said
    assert page.texts('//article//td') == ['省司法厅', '提供名单', '2020年10月20日']
    assert said[-3:] == ['2020年9月27日', '抄送：省司法厅。', '省政府办公厅 2020年9月27日印发']


def test_a_notice_says_what_was_due_what_went_before_and_what_it_costs(app: Flask, overdue: UUID, browse: Browse) -> None:
    notice_id = issued_notice(app, overdue)
    page = browse('gz-office-head').get(f'/notice/{notice_id}')
    page = browse('gz-office-head').get(page.one('//a[.="看文书"]/@href'))
    said = ''.join(page.texts('//article//p'))
    assert '关于限期办结“建立健全重点企业和项目库”的督办通知' in said and '请在限期内办结。' in said
    assert '原定办结时限：2020年10月30日。到发文之日已超期2个工作日。' in said and '请于2020年11月10日前办结' in said
    assert '本次督办按规定在年度目标责任考核中扣0.5分。' in said
    assert page.texts('//article//td') == ['〔2020〕立项字第1号', '立项', '2020年9月27日', '2020年10月30日']


def test_the_draft_is_seen_before_it_is_issued(app: Flask, overdue: UUID, browse: Browse) -> None:
    head = browse('gz-office-head')
    page = head.get(head.get('/notice').one('//tbody/tr/th/a/@href'))
    answer(app, overdue, 'draft', 'officer', notice_text='名单没有报齐。\n请在限期内办结。', notice_scope='units')
    page = head.get(head.get(page.path).one('//a[.="预览印出来的样子"]/@href'))
    said = page.texts('//article//p')
    assert '名单没有报齐。' in said and '请在限期内办结。' in said and '（签发时编号）' in said and '抄送：各承办单位。' in said
    assert '经省政府办公厅·督查室负责人审定' in ''.join(said)
    answer(app, overdue, 'endorse', 'head', endorsed='returned', opinion='再核一遍。')
    officer = browse('gz-office-officer')
    said = officer.get(officer.get('/tasks').one('//a[starts-with(., "拟制通知")]/@href').replace('/tasks/', '/document/draft/'))
    assert '经省政府办公厅·督查室负责人审定' in said.text, 'who will sign, not who drafts'
    assert len(documents(app, overdue)) == 1, 'looking issues nothing'
    browse('gz-fgw-liaison').get(page.path, status=403)


@pytest.mark.parametrize(('gone', 'post', 'name'), [
    ((), 'principal', '省政府·主要领导'), (('gov/principal',), 'deputy', '省政府·分管领导')])
def test_a_granted_extension_is_answered_in_writing_by_who_decided(
        app: Flask, browse: Browse, gone: tuple[str, ...], post: str, name: str) -> None:
    matter_id = handled(app)
    empty(engine_of(app), *gone)
    db.carry_out(engine_of(app), lambda session: instance.start(session, 'gz', 'extension', POSTS['liaison'],
                                                                matter_id=matter_id))
    answer(app, matter_id, 'apply', 'liaison', extension_go='apply', new_due_at='2020-11-30', reason='名单还没有报齐，还要一个月。',
           progress_percent=40, progress_note='名单报了一半。')
    answer(app, matter_id, 'chief_review', 'chief', chief_agrees=True)
    answer(app, matter_id, 'office_review', 'officer', office_opinion='情况属实。', office_suggests='grant', new_due_at='2020-11-30')
    answer(app, matter_id, 'decide', post, new_due_at='2020-11-30', opinion='同意。', extension_granted=True)
    reply = documents(app, matter_id)[-1]
    said = words(browse('gz-fgw-chief').client.get(f'/document/{reply.id}.docx').data)
    assert '同意将办结时限由2020年10月30日延至2020年11月30日。' in said and '名单还没有报齐，还要一个月。' in said
    assert reply.number == '〔2020〕延期批复字第1号' and f'{reply.number}' in said and f'经{name}批准' in said


def test_word_screen_and_pdf_say_the_same(app: Flask, overdue: UUID, browse: Browse, tmp_path: Path) -> None:
    issued, = documents(app, overdue)
    client = browse('gz-office-officer').client
    first, again = (client.get(f'/document/{issued.id}.docx') for _ in range(2))
    assert first.data == again.data and first.headers['Content-Disposition'].startswith('attachment')
    printed = tmp_path / 'one.pdf'
    printed.write_bytes(client.get(f'/document/{issued.id}.pdf').data)
    read = subprocess.run(['pdftotext', '-raw', printed, '-'], capture_output=True, text=True, check=True).stdout
    page = browse('gz-office-officer').get(f'/document/{issued.id}')
    for said in page.texts('//article//p')[:8]:
        assert ''.join(said.split()) in ''.join(read.split()) and said in words(first.data)
    fonts = subprocess.run(['pdffonts', printed], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts and all('yes yes yes' in font for font in fonts), 'every font is embedded'


def test_what_was_issued_cannot_be_changed_and_the_trail_knows_it(app: Flask, overdue: UUID, browse: Browse) -> None:
    issued, = documents(app, overdue)
    for change in (update(Document).values(title='别的'), delete(Document)):
        with pytest.raises(DBAPIError, match='不能修改或删除'), db.writing(engine_of(app)) as session:
            session.execute(change)
    with db.reading(engine_of(app)) as session:
        told, = history.events(session, str(overdue), kinds=['document.issued'])
    assert issued.hash in told.data and issued.number in told.summary
    assert issued.hash in browse('gz-office-auditor').get(f'/document/{issued.id}').text


def test_a_document_is_read_by_who_sees_its_matter(app: Flask, overdue: UUID, browse: Browse) -> None:
    issued, = documents(app, overdue)
    for login in ('gz-fgw-liaison', 'gz-sft-liaison', 'gz-gov-principal', 'gz-office-auditor'):
        assert issued.number in browse(login).get('/document').text
    browse('cz-office-officer').get(f'/document/{issued.id}', status=404)
    browse('cz-office-officer').get(f'/document/{issued.id}.pdf', status=404)
    browse('gz-office-operator').get(f'/document/{issued.id}', status=403)
    assert '还没有签发的文书' in browse('cz-office-officer').get('/document').text


def test_where_pango_is_missing_word_still_works(app: Flask, overdue: UUID, browse: Browse,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    issued, = documents(app, overdue)

    def missing() -> None:
        raise Refused(paper.MISSING)
    monkeypatch.setattr(paper, '_library', missing)
    browser = browse('gz-office-officer')
    assert 'apt install libpango-1.0-0' in browser.get(f'/document/{issued.id}.pdf', status=422).text
    assert browser.client.get(f'/document/{issued.id}.docx').status_code == 200


def test_the_process_owner_is_told_what_may_stand_in_a_template(browse: Browse) -> None:
    owner = browse('gz-office-owner')
    page = owner.get(owner.get('/process').one('//a[.="文书模板"]/@href'))
    assert '{{超期工作日}}' in page.text and '出办结报告' in page.text
    page = owner.get(page.one('//a[.="closing_report"]/@href'))
    assert '〈等级〉' in ''.join(page.texts('//article//p')) and '关于“建立健全重点企业和项目库”办结情况的报告' in page.text
    assert words(owner.client.get(page.one('//a[contains(., "用Word改")]/@href')).data).startswith('{{ 发文机关 }}文件')
    owner.get('/document/template/nothing', status=404)


@pytest.fixture
def bulletin(app: Flask, browse: Browse) -> Callable[[str], None]:
    """A bulletin of the third quarter that the officer begins on the page and drafts."""
    handled(app, due_at='2020-09-30')
    handled(app, title='整治窗口服务', due_at='2020-12-31')
    advance(app, 2020, 10, 20)
    officer = browse('gz-office-officer')
    officer.get('/document')
    officer.submit(press='起草通报')
    with db.reading(engine_of(app)) as session:
        key = session.scalars(select(UserTask.instance_id).where(UserTask.process == 'bulletin')).one()

    def answered(element: str, post: str, **given: object) -> None:
        with db.reading(engine_of(app)) as session:
            task = session.scalars(select(UserTask.id).where(UserTask.instance_id == key, UserTask.state == 'open')).one()
        db.carry_out(engine_of(app), lambda session: instance.complete(session, task, POSTS[post], given))
    answered('draft', 'officer', bulletin_go='review', bulletin_title='关于2020年第三季度督办情况的通报', bulletin_period='2020年第三季度',
             bulletin_since='2020-07-01', bulletin_until='2020-09-30', bulletin_text='总的情况良好，还有事项超期。')
    return answered


def test_a_ranking_appears_only_in_the_issued_bulletin(app: Flask, bulletin: Callable, browse: Browse) -> None:
    liaison, head = browse('gz-sft-liaison'), browse('gz-office-head')
    assert '预览' not in liaison.get('/document').text and '起草通报' not in liaison.page.text
    page = head.get('/document')
    page = head.get(page.one('//a[starts-with(., "预览")]/@href'))
    assert page.texts('//article//td')[:4] == ['1', '省发展改革委', '2', '0'] and '没有编号' in page.text
    browse('gz-fgw-liaison').get(page.path, status=403)
    other = browse(appoint(app, 'sft', '部门'))
    other.get(page.path, status=403)
    assert '预览' not in other.get('/document').text, 'an officer of a department is told no ranks'
    bulletin('review', 'head', bulletin_ready=True)
    bulletin('sign', 'principal', bulletin_agreed=True)
    page = liaison.get('/document')
    page = liaison.get(page.one('//tbody/tr[contains(., "通报字")]/th/a/@href'))
    assert page.texts('//article//td') == ['1', '省发展改革委', '2', '0', '0', '2', '1', '0%']
    assert '〔2020〕通报字第1号' in page.text and '2020年第三季度' in page.text


def test_who_approves_a_bulletin_reads_it_whole(app: Flask, bulletin: Callable, browse: Browse) -> None:
    """From the form there and back; who drafts the extension of a matter is asked about no paper yet."""
    head, principal = browse('gz-office-head'), browse('gz-gov-principal')
    head.get(head.get('/tasks').one('//a[starts-with(., "审核通报")]/@href'))
    assert '还有事项超期' in head.get(head.page.one('//a[text()="看要签发的文书全文"]/@href')).text
    bulletin('review', 'head', bulletin_ready=True)
    task = principal.get(principal.get('/tasks').one('//a[contains(., "通报")]/@href')).path
    page = principal.get(principal.page.one('//a[text()="看要签发的文书全文"]/@href'))
    assert '没有编号' in page.text and page.one('//nav[contains(@class, "crumb")]//a').get('href') == task


def test_a_refused_bulletin_goes_back_and_no_number_is_lost(app: Flask, bulletin: Callable, browse: Browse) -> None:
    bulletin('review', 'head', bulletin_ready=False, opinion='数字再核一遍。')
    assert '通报字' not in browse('gz-office-head').get('/document').text
    bulletin('draft', 'officer', bulletin_go='review', bulletin_title='关于2020年第三季度督办情况的通报', bulletin_period='2020年第三季度',
             bulletin_since='2020-07-01', bulletin_until='2020-09-30', bulletin_text='数字都核过了，没有出入。')
    bulletin('review', 'head', bulletin_ready=True)
    bulletin('sign', 'principal', bulletin_agreed=True)
    assert '〔2020〕通报字第1号' in browse('gz-office-head').get('/document').text


def test_an_interview_is_begun_at_the_matter(app: Flask, overdue: UUID, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    officer.get(f'/matter/{overdue}')
    assert '约谈时间' in officer.submit(press='约谈').text
    assert not officer.get(f'/matter/{overdue}').all('//button[.="约谈"]'), 'one at a time'
    answer(app, overdue, 'prepare', 'officer', interview_time='2020年11月5日9时', interview_place='302会议室',
           interview_people='省发展改革委主要负责人', interview_text='说明没有办结的原因。',
           interview_ground=['落实不力'], interviewer='省政府·分管领导')
    answer(app, overdue, 'decide', 'deputy', interview_agreed=True, interviewer='省政府·分管领导')
    said = words(browse('gz-fgw-chief').client.get(f'/document/{documents(app, overdue)[-1].id}.docx').data)
    assert '因落实不力，经省政府·分管领导批准，决定由省政府·分管领导进行约谈' in said
    assert '2020年11月5日9时，302会议室。' in said and '〔2020〕约谈字第1号' in said and '说明没有办结的原因。' in said
    liaison = browse('gz-fgw-liaison')
    assert not liaison.get(f'/matter/{overdue}').all('//button[.="约谈"]')
