"""The shipped forms: read without a complaint, drawn with real values, and what is missing is refused in Chinese."""
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from engine import deployment, workcal
from engine.clock import zone
from engine.errors import Invalid
from engine.form import Drawn, Form, problems
from engine.ledger import FACTS
from engine.workcal import Calendar, official

ROOT = Path(__file__).resolve().parents[2]
FILES = {path.name: path.read_bytes() for folder in ('workflows', 'forms') for path in sorted((ROOT / folder).iterdir())
         if path.suffix in ('.bpmn', '.dmn', '.form', '.docx')}
BUNDLE = deployment.read(FILES)
FORMS = BUNDLE.forms
BEFORE_THE_START = {'intake'}
NOW = datetime(2020, 9, 27, 9, 10, tzinfo=zone())
UNITS = {'fgw': '省发展改革委', 'gxt': '省工业和信息化厅', 'sft': '省司法厅', 'office': '省政府办公厅'}
POSTS = {'gov/deputy': '省政府·分管领导', 'gov/principal': '省政府·主要领导', 'office/head': '省政府办公厅·督查室负责人'}
MATTER = {
    'title': '清理地方性法规并公布保留目录', 'basis': '黔府办发〔2020〕12号 二（四）', 'source': 'central', 'has_basis': True,
    'requirement': '将不合时宜的废除，将确有必要的保留，\n并按行业分类汇总：9月底前公布', 'evidence': '清理结果表和公布网址',
    'matter_class': 'important', 'key_matter': True, 'lead_unit': 'fgw', 'co_units': 'gxt,sft',
    'supervisor_unit': 'office', 'leader_post': 'gov/deputy', 'due_at': '2020-09-30', 'review_at': None, 'long_term': False, 'co_due_at': '2020-09-28',
    'signed_at': '2020-09-27T08:00:00+08:00', 'progress_percent': 70, 'extension_count': 0, 'level': 1,
    'level_label': '督办', 'level_limit_at': '2020-09-25', 'points': 0.5, 'late_reports': 1, 'grade': 'C',
    'closing_requested_at': '2020-09-27T09:00:00+08:00', 'closed_at': '2020-09-27T09:05:00+08:00', 'own_cycle': ''}
VARIABLES = {
    'unit': 'gxt', 'co_duty': '提出行业目录', 'return_reason': '依据三定规定，由省司法厅承办', 'result_note': '已清理120件',
    'result_report': '已清理120件，公布目录', 'evidence_note': None, 'late_reason': None, 'review_opinion': None,
    'verification': 'onsite', 'verify_note': '抽看12件，属实', 'proposed': 'B', 'proposed_basis': '2 落实较好：提前按要求完成',
    'new_due_at': '2020-10-23', 'reason': '两个行业的目录要再征求意见', 'progress_note': '完成70%', 'chief_opinion': None,
    'office_opinion': '拟同意，不再延第二次', 'office_suggests': 'grant', 'extension_lacks': '写明日子',
    'notice_label': '督办', 'notice_level': 1,
    'notice_approver': 'office/head', 'notice_limit_days': 5, 'notice_points': 0.5, 'notice_honours': False,
    'notice_text': '原定9月30日办结，至今未办结。', 'notice_scope': 'system', 'report_period': 'month', 'progress': 'blocked',
    'report_text': '已完成70%', 'difficulty': '两个行业意见不一致', 'proposal': '请督查室牵头会商', 'interview_time': '2020年10月12日9时',
    'interview_place': '办公厅302会议室', 'interview_people': '省发展改革委主要负责人', 'interview_text': '说明没有办结的原因。',
    'interview_ground': '进度严重滞后', 'interviewer': '省政府·分管领导', 'interviewer_post': 'gov/deputy',
    'bulletin_title': '第三季度督办情况通报', 'bulletin_period': '2020年第三季度', 'bulletin_since': '2020-07-01',
    'bulletin_until': '2020-09-30', 'bulletin_text': '总体情况良好，还有两件超期。'}


def functions(now: datetime = NOW) -> dict[str, Any]:
    """What a form may call, with the real calendar and the table's parameters."""
    days = official.days()
    calendar = Calendar(off=[day.day for day in days if not day.working], on=[day.day for day in days if day.working],
                        covered_until=official.covered_until())

    def unit_name(codes: str | None) -> str | None:
        return None if codes is None else '、'.join(UNITS[code] for code in codes.split(',') if code)
    return {**workcal.functions(calendar, now, zone()), 'unit_name': unit_name, 'post_name': POSTS.get, 'vacant': lambda *_: '',
            'param': lambda name: BUNDLE.parameters[name]['value'],
            'options': lambda name: list((POSTS if name == 'leaders' else UNITS).items())}


def scope(**changes: Any) -> dict[str, Any]:
    """A matter in the middle of its life."""
    return {**dict.fromkeys(FACTS), **MATTER, **VARIABLES, **changes}


def sentences(form: Form, submitted: Mapping[str, Any], **changes: Any) -> dict[str, list[str]]:
    """What the form says against an answer."""
    with pytest.raises(Invalid) as refused:
        form.check(submitted, scope(**changes), functions())
    return refused.value.fields


def shown(form: Form, **changes: Any) -> str:
    """Everything that the page of a form says, as one text."""
    place, calls = scope(**changes), functions()
    page = form.page(place, calls)
    said = [page.question, page.verb, *(span.text for block in page.then for line in block.lines for span in line)]
    for top in form.fields_for(None, place, calls):
        said += [text for one in top.walk() for text in _texts(one)]
    return '\n'.join(said)


def _texts(one: Drawn) -> list[str]:
    return [one.label, one.hint, *(f'{option.label} {option.hint}' for option in one.options),
            *(span.text for block in one.blocks for line in block.lines for span in line),
            *(f'{name}：{"".join(span.text for span in spans)}' for name, spans in one.facts)]


def every(parametrized: Any) -> Any:
    return pytest.mark.parametrize('form', FORMS.values(), ids=list(FORMS))(parametrized)


@every
def test_a_form_is_read_without_a_complaint(form: Form) -> None:
    assert problems(form) == []
    assert f'{form.id}.form' in FILES, 'the file is named after its form'


def test_every_user_task_has_a_form_and_every_form_a_task() -> None:
    tasks = {(process.id, element.id): element.form for process in BUNDLE.processes.values()
             for element in process.elements.values() if element.kind == 'userTask'}
    assert {place: form for place, form in tasks.items() if form not in FORMS} == {}
    assert set(FORMS) - set(tasks.values()) == BEFORE_THE_START


@every
def test_a_form_reads_only_what_there_is(form: Form) -> None:
    assert form.names - set(FACTS) - BUNDLE.variables - {'unit'} == set()


@every
def test_a_form_draws_with_nothing_left_open(form: Form) -> None:
    said = shown(form)
    assert '${' not in said and 'None' not in said, said
    assert form.page(scope(), functions()).question


@every
def test_a_form_draws_for_a_long_term_matter_and_one_without_co_units(form: Form) -> None:
    if form.id.startswith('extension'):
        return                                          # only a deadline can be extended
    said = shown(form, due_at=None, review_at='2020-12-31', long_term=True, co_units='', level=0, co_due_at=None)
    assert 'None' not in said


@every
def test_an_empty_answer_is_refused_in_chinese(form: Form) -> None:
    asked = [field for field in form.fields.values() if field.required]
    if not asked:
        assert form.id in ('sign', 'co_sign'), 'only to receive needs no word'
        assert form.check({}, scope(), functions()) == {'handler': None}
        return
    for key, said in sentences(form, {}).items():
        assert key in form.fields
        assert all(re.fullmatch(r'[^a-zA-Z]*[\u4e00-\u9fff]+.*', sentence) for sentence in said), said


@every
def test_a_form_speaks_as_the_house_does(form: Form) -> None:
    said = shown(form)
    for word in ('OK', '操作', '非法', '参数错误', '校验', '上传', '打卡', '暂无数据', '姓名：'):
        assert word not in said
    buttons = [field for field in form.fields.values() if field.acts]
    if form.layout == 'approval':
        assert form.page(scope(), functions()).question.endswith('？')
        assert buttons or form.properties['verb']
        assert not buttons or any(word in said for word in ('以后', '后\n')), 'an approval says what follows'
    else:
        assert form.properties['verb'] and form.page(scope(), functions()).then, 'a form says what follows'
    verbs = [option.label for field in buttons for option in field.options] or [form.properties['verb']]
    assert not {'确定', '提交', '是', '否'} & set(verbs), 'a button says what it does'
    for field in buttons:
        assert not field.refused or field.rules['needs'] in form.fields, 'who refuses says why'


@pytest.mark.parametrize('form', [form for form in FORMS.values() if any(one.acts for one in form.fields.values())],
                         ids=lambda form: form.id)
def test_who_refuses_says_why(form: Form) -> None:
    field = next(one for one in form.fields.values() if one.acts)
    for option in field.options:
        if option.text in field.refused:
            assert field.rules['needs'] in sentences(form, {field.key: option.value})


def test_a_secret_matter_is_refused_and_nothing_else_is_asked_with_it() -> None:
    form = FORMS['intake']
    assert list(form.fields) == ['secret']
    assert form.check({'secret': 'no'}, {}, functions()) == {'secret': 'no'}
    with pytest.raises(Invalid, match='涉密事项不能在这里办理.*您填的内容一项也没有保存'):
        form.check({'secret': 'yes'}, {}, functions())
    assert not form.fields['secret'].persists


REGISTERED = {
    'source': 'central', 'basis': '黔府办发〔2020〕12号 二（三）', 'has_basis': False, 'leader_post': 'gov/principal',
    'received_at': '2020-09-27T08:40:00+08:00', 'title': '建立健全重点企业和项目库', 'requirement': '9月底前建立重点企业和项目库',
    'evidence': '库清单', 'matter_class': 'important', 'key_matter': True, 'due_at': '2020-09-30', 'lead_unit': 'fgw'}


def registered(**changes: Any) -> dict[str, Any]:
    """A complete 立项, changed here and there; None takes a field out."""
    return {key: value for key, value in {**REGISTERED, **changes}.items() if value is not None}


def check_registration(**changes: Any) -> dict[str, Any]:
    return FORMS['register'].check(registered(**changes), dict.fromkeys(FACTS), functions())


def refuse_registration(**changes: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        check_registration(**changes)
    return refused.value.fields


def test_a_matter_without_lead_unit_or_deadline_is_refused() -> None:
    assert refuse_registration(lead_unit=None, due_at=None) == {'due_at': ['请填写办结时限'], 'lead_unit': ['请选择牵头单位']}


def test_a_complete_registration_is_taken_with_its_types() -> None:
    answer = check_registration(co_units=['gxt', 'sft'], co_duty='各报一份名单', co_due_at='2020-09-28')
    assert answer['co_units'] == 'gxt,sft' and answer['key_matter'] is True and answer['long_term'] is False
    assert answer['own_cycle'] is None and 'review_at' not in answer


def test_a_long_term_matter_has_a_review_date_instead() -> None:
    assert refuse_registration(long_term=True, due_at=None) == {'review_at': ['请填写复核日']}
    assert 'due_at' in refuse_registration(long_term=True, review_at='2020-12-31')
    assert check_registration(long_term=True, due_at=None, review_at='2020-12-31')['review_at'] == '2020-12-31'


def test_co_units_bring_their_duty_and_date_and_are_not_the_lead() -> None:
    assert set(refuse_registration(co_units=['gxt'])) == {'co_duty', 'co_due_at'}
    said = refuse_registration(co_units=['fgw'], co_duty='各报一份名单', co_due_at='2020-09-28')
    assert said == {'co_units': ['协办单位里不能再选牵头单位']}
    said = refuse_registration(co_units=['gxt'], co_duty='各报一份名单', co_due_at='2020-10-23')
    assert list(said) == ['co_due_at']


def test_a_deadline_in_the_past_is_refused() -> None:
    assert refuse_registration(due_at='2020-09-25') == {
        'due_at': ['办结时限不能早于2020年9月27日 周日，您填的是2020年9月25日 周五']}


def test_returning_is_only_accepted_in_time() -> None:
    returned = {'answer': 'return', 'return_reason': '依据三定规定，由省司法厅承办'}
    assert FORMS['plan'].check(returned, scope(), functions())['answer'] == 'return'
    late = sentences(FORMS['plan'], returned, signed_at='2020-09-24T09:00:00+08:00')
    assert late == {'answer': ['签收满1个工作日后不能退办。请选“承办”；确有困难的，在进展报告里写明']}


def test_the_plan_asks_for_the_list_and_the_consultation() -> None:
    assert set(sentences(FORMS['plan'], {'answer': 'accept'})) == {'deploy_note', 'items', 'consult_note'}
    assert 'consult_note' not in sentences(FORMS['plan'], {'answer': 'accept'}, co_units='')


def test_a_blocked_report_names_difficulty_and_next_step() -> None:
    report = {'progress': 'blocked', 'report_text': '已完成70%', 'progress_percent': 70, 'milestone_missed': False}
    assert set(sentences(FORMS['report'], report)) == {'difficulty', 'proposal'}
    assert FORMS['report'].check({**report, 'progress': 'smooth'}, scope(), functions())['progress'] == 'smooth'


def test_only_a_report_per_event_can_be_the_last() -> None:
    form, answer = FORMS['report_review'], {'report_ruling': 'finished', 'advice': '由督查室会商', 'milestone_missed': False}
    assert set(sentences(form, answer)) == {'report_ruling'}
    assert form.check(answer, scope(report_period='event'), functions())['report_ruling'] == 'finished'


def test_an_extension_goes_beyond_the_deadline() -> None:
    asked = {'extension_go': 'apply', 'new_due_at': '2020-09-29', 'reason': '两个行业的目录要再征求意见', 'progress_percent': 70,
             'progress_note': '完成70%'}
    assert list(sentences(FORMS['extension_apply'], asked)) == ['new_due_at']
    assert FORMS['extension_apply'].check({**asked, 'new_due_at': '2020-10-23'}, scope(), functions())


def test_who_does_not_ask_for_an_extension_says_only_why() -> None:
    dropped = {'extension_go': 'drop'}
    assert list(sentences(FORMS['extension_apply'], dropped)) == ['extension_why_not']
    kept = FORMS['extension_apply'].check({**dropped, 'extension_why_not': '点错了'}, scope(), functions())
    assert {name for name, value in kept.items() if value is not None} == {'extension_go', 'extension_why_not'}


def test_the_approval_of_an_extension_says_what_follows_with_dates() -> None:
    said = shown(FORMS['extension_decide'])
    for part in ('同意省发展改革委延期吗？', '9月30日 周三', '剩3个工作日', '10月23日 周五', '延长12个工作日', '10月20日 周二起亮黄灯',
                 '未办结的10月9日 周五亮红灯', '两个行业的目录要再征求意见'):
        assert part in said, part


def test_a_deadline_on_a_rest_day_names_the_last_working_day() -> None:
    assert '10月4日 周日，最后一个工作日9月30日 周三' in shown(FORMS['sign'], due_at='2020-10-04')
    assert '最后一个工作日' not in shown(FORMS['sign'])


def test_the_proposed_grade_stands_ready_and_a_refusal_needs_none() -> None:
    form = FORMS['closing_deputy']
    drawn = [one for top in form.fields_for(None, scope(), functions()) for one in top.walk()]
    grade = next(one for one in drawn if one.key == 'proposed')
    assert [option.value for option in grade.options if option.selected] == ['B']
    assert [option.label for option in grade.options] == ['落实好', '落实较好', '基本落实', '落实不力', '落实较差']
    refusal = {'deputy_agrees': False, 'opinion': '还差两个行业'}
    assert 'proposed' not in form.check(refusal, scope(), functions())
    assert form.check({'deputy_agrees': True, 'proposed': 'C'}, scope(), functions())['proposed'] == 'C'


def test_a_facts_own_line_breaks_make_no_new_facts() -> None:
    drawn = [one for top in FORMS['approve'].fields_for(None, scope(), functions()) for one in top.walk()]
    names = [name for one in drawn for name, _said in one.facts]
    assert '9月底前公布' not in ''.join(names) and '目标要求' in names
