"""What service tasks write: the words, the addressees and the grounds come from the drawing."""
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from engine import actions, db, instance, seal
from engine.actions.notice import Notice
from engine.actions.points import Points
from engine.actions.reminder import Message
from engine.document import Document
from engine.errors import Broken, Refused
from engine.history import SYSTEM
from tests.workflows.story import Teller, bundle_files, moment, office

OVERDUE = """政府 zs 2013-04-26 09:00
立项 supervision/officer 照例
  source = work_report
  lead_unit = xmb
  due_at = 2013-06-30
办 xmb/liaison sign
办 xmb/liaison plan 照例
日 2013-07-01 10:00
"""
SIGNED = '办 supervision/officer draft 照例\n办 supervision/head endorse 照例\n'
REFUSED = SIGNED + '  endorsed = refused\n  opinion = 单位已有进展\n'


def told(engine: Engine, path: Path, text: str) -> Teller:
    story = path / 'one.story'
    story.write_text(text)
    teller = Teller(engine, story)
    teller.tell()
    return teller


def last_notice(engine: Engine) -> Notice:
    with db.reading(engine) as session:
        return session.scalars(select(Notice).where(Notice.level == 1)).one()


def test_a_draft_has_a_title_and_no_body_yet(engine: Engine, tmp_path: Path) -> None:
    told(engine, tmp_path, OVERDUE)
    notice = last_notice(engine)
    assert (notice.title, notice.body, notice.to_unit) == ('督办通知书：清理地方性法规并公布保留目录', '', 'xmb')


def test_what_the_approver_wrote_is_why_it_was_declined(engine: Engine, tmp_path: Path) -> None:
    told(engine, tmp_path, OVERDUE + REFUSED)
    notice = last_notice(engine)
    assert (notice.state, notice.reason, notice.number) == ('declined', '单位已有进展', None)


def test_an_issued_notice_says_its_number_where_the_drawing_wants_it(engine: Engine, tmp_path: Path) -> None:
    told(engine, tmp_path, OVERDUE + SIGNED)
    notice, number = last_notice(engine), '〔2013〕督办字第1号'
    assert (notice.number, notice.body, str(notice.limit_at)) == (number, '期限届满仍未办结，请限期办结并报告', '2013-07-08')
    with db.reading(engine) as session:
        assert session.scalars(select(Points.reason)).all() == [f'督办通知书{number}']
        heard = {(row.unit, row.post) for row in session.scalars(select(Message).where(Message.text.contains(number)))}
    assert heard == {('xmb', 'liaison'), ('xmb', 'chief')}


def test_another_drawing_tells_others_in_other_words(engine: Engine, tmp_path: Path) -> None:
    files = bundle_files()
    drawn = files['notice.bpmn'].decode()
    drawn = drawn.replace('>${lead_unit}/liaison,${lead_unit}/chief<', '>gov/deputy<').replace('已下发，请在', '请查收，限')
    office(engine, 'zs', moment('2013-04-26'), files | {'notice.bpmn': drawn.encode()})
    told(engine, tmp_path, OVERDUE + SIGNED)
    with db.reading(engine) as session:
        row, = session.scalars(select(Message).where(Message.text.contains('督办通知书')))
    assert (row.unit, row.post) == ('gov', 'deputy') and '请查收，限7月8日 周一前办结' in row.text


def test_only_facts_of_the_ledger_can_be_corrected(engine: Engine, tmp_path: Path) -> None:
    teller = told(engine, tmp_path, OVERDUE)
    with pytest.raises(Refused, match='台账没有“deadline”这一项'):
        db.carry_out(engine, lambda session: instance.change_facts(session, teller.matter, SYSTEM,
                                                                   {'deadline': '2013-08-01'}, '核对'))
    with pytest.raises(Refused, match='没有代码为“xmm”的单位'):
        db.carry_out(engine, lambda session: instance.change_facts(session, teller.matter, SYSTEM,
                                                                   {'lead_unit': 'xmm'}, '核对'))


def test_a_field_that_a_modeler_leaves_empty_is_not_given() -> None:
    """Modelers write an empty parameter for every field of a template; an empty text is no date and no yes or no."""
    taken = []
    closing = actions.known()['matter.close']
    actions.Action(closing.topic, closing.name, '', closing.schema, lambda _, **given: taken.append(given))(
        None, {'result': 'closed', 'reason': '', 'late': '', 'grade': '', 'to': None})
    assert taken == [{'result': 'closed', 'reason': '', 'late': False, 'grade': '', 'stop': '', 'to': '', 'text': ''}]
    with pytest.raises(Broken, match='没有给“新的办结时限”（due）'):
        actions.known()['due.change'](None, {'due': '', 'basis': '批复'})


@pytest.mark.parametrize(('topic', 'inputs', 'sentence'), [
    ('due.change', {'due': '明天', 'basis': '批复'}, '“新的办结时限”（due）要日期，不是“明天”'),
    ('due.change', {'due': '2020-05-07', 'bass': '批复'}, '没有给“依据”（basis）；没有叫“bass”的输入'),
    ('notice.draft', {'level': '一', 'label': '督' * 21, 'title': '单', 'unit': 'a', 'approver': 'a/b', 'days': 5.5, 'points': [],
                      'honours': '也许'},
     '“级别”（level）要整数，不是“一”；“名称”（label）最多20个字，给的是21个字；“扣分”（points）要数字，不是[]；“取消评优资格”（honours）要是或否，不是“也许”'),
    ('reminder.send', {'to': 'a/b', 'text': '请办', 'kind': '急'}, '（kind）要写reminder、due、overdue，不是“急”')])
def test_an_input_that_does_not_fit_is_told_by_its_label(topic: str, inputs: dict, sentence: str) -> None:
    with pytest.raises(Broken) as fault:
        actions.known()[topic](None, inputs)
    assert sentence in fault.value.cause and '的输入不对：' in fault.value.cause


def test_every_kind_of_input_has_a_word_for_what_it_has_to_be() -> None:
    """So that a refusal never fails itself."""
    for one in actions.known().values():
        for name in one.schema.fields:
            with pytest.raises(Broken, match='的输入不对：'):
                one(None, {name: object()})


def test_long_words_are_shortened_where_notices_and_points_are_listed(engine: Engine, tmp_path: Path) -> None:
    """An escalation does not stop because a drawing says much; the paper has it whole."""
    files, long = bundle_files(), '抓落实' * 120
    drawn = files['notice.bpmn'].decode().replace('>${notice_template}：', f'>{long}：').replace(
        '>${notice_template}{number}<', f'>{long}{{number}}<')
    office(engine, 'zs', moment('2013-04-26'), files | {'notice.bpmn': drawn.encode()})
    told(engine, tmp_path, OVERDUE + SIGNED)
    with db.reading(engine) as session:
        notice, points = last_notice(engine), session.scalars(select(Points)).one()
        paper = session.scalars(select(Document).where(Document.notice_id == notice.id)).one()
        assert (len(notice.title), len(points.reason), notice.state) == (300, 200, 'issued')
        assert notice.title.endswith('…') and points.reason.endswith('…') and long in paper.content['标题']
        assert seal.verify(session).whole
