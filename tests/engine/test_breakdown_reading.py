"""Tables and clauses are read: headings, units as people call them, and the clauses of the five documents."""
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, strategies as st
from openpyxl import Workbook

from engine import sheet, upload
from engine.breakdown import clause, heading, table as packing
from engine.breakdown.item import Item
from engine.breakdown.unit import Match, Units
from engine.directory import Unit

PROVINCE = [('gov', '省政府', '政府'), ('office', '省政府办公厅', '办公厅'), ('fgw', '省发展改革委', '部门'),
            ('gxt', '省工业和信息化厅', '部门'), ('sft', '省司法厅', '部门'), ('mbb', '省直目标绩效办', '部门'),
            ('city_a', '市（州）A', '地方'), ('city_b', '市（州）B', '地方')]
COUNTY = [('dcs', '县政府督查室', '督查机构'), ('rsj', '人社局', '部门'), ('fgj', '发改局', '部门'), ('zhen_a', '镇A', '地方')]


def units(rows: list[tuple[str, str, str]], day: date = date(2020, 5, 7), *more: Unit) -> Units:
    return Units([*(Unit(tenant='t', code=code, name=name, kind=kind) for code, name, kind in rows), *more], day)


GZ, ZS = units(PROVINCE), units(COUNTY)


@pytest.mark.parametrize(('said', 'codes'), [
    ('省发展改革委', ['fgw']), ('省发展和改革委员会', ['fgw']), ('发展改革委', ['fgw']), ('省司法厅、省直目标绩效办', ['sft', 'mbb']),
    ('省发展改革委会同省工业和信息化厅等部门', ['fgw', 'gxt']), ('省司法厅牵头', ['sft']), ('省人民政府办公厅', ['office']),
    ('省政府办公厅（督查室）', ['office']), ('1.省司法厅\n2.省发展改革委', ['sft', 'fgw'])])
def test_units_are_known_by_their_names(said: str, codes: list[str]) -> None:
    assert GZ.match(said) == Match(codes)


@pytest.mark.parametrize(('on', 'said', 'codes'), [
    (GZ, '省发改委', ['fgw']), (GZ, '省工信厅', ['gxt']), (ZS, '县人力资源和社会保障局', ['rsj']), (ZS, '发展和改革局', ['fgj'])])
def test_a_short_name_is_a_proposal(on: Units, said: str, codes: list[str]) -> None:
    found = on.match(said)
    assert found.codes == codes and '请核对' in found.notes[0]


def test_two_around_an_and_are_two() -> None:
    assert ZS.match('县人社局和发改局') == Match(['rsj', 'fgj'])


def test_a_group_is_all_of_its_units() -> None:
    assert (GZ.match('各市（州）政府').codes, GZ.match('各市（州）政府').group) == (['city_a', 'city_b'], True)
    assert ZS.match('各镇各部门').codes == ['zhen_a', 'rsj', 'fgj']
    assert GZ.match('各县（市、区）').unknown == [] and ZS.match('各县').unknown == ['通讯录里没有“各县”，请写出单位']


@pytest.mark.parametrize(('said', 'sentence'), [
    ('省财政厅', '没有“省财政厅”这个单位'), ('省法司厅', '没有“省法司厅”这个单位；是不是省司法厅？'),
    ('有关部门', '“有关部门”没有指明是哪几家，请写出单位'), ('省有关单位', '没有指明是哪几家'), ('县政府', '没有“县政府”这个单位')])
def test_who_is_unknown_is_said_with_who_is_near(said: str, sentence: str) -> None:
    found = GZ.match(said)
    assert found.codes == [] and sentence in found.unknown[0]


@pytest.mark.parametrize(('day', 'said', 'code', 'note'), [
    (date(2020, 1, 1), '监察局', 'jwj', '监察局2018-03-19以后不再存在，改由监察委员会承担，请核对'),
    (date(2013, 4, 26), '监察委员会', 'jcj', '监察委员会这时还没有成立，改由监察局承担，请核对')])
def test_a_unit_that_is_no_more_has_a_successor(day: date, said: str, code: str, note: str) -> None:
    former = Unit(tenant='t', code='jcj', name='监察局', kind='部门', valid_to=date(2018, 3, 19), successor='jwj')
    now = Unit(tenant='t', code='jwj', name='监察委员会', kind='部门', valid_from=date(2018, 3, 20))
    assert units(COUNTY, day, former, now).match(said) == Match([code], [note])


def test_units_that_succeed_each_other_in_a_circle_are_nobody() -> None:
    first, second = (Unit(tenant='t', code=code, name=name, kind='部门', valid_to=date(2018, 1, 1), successor=other)
                     for code, name, other in (('a', '纠风办', 'b'), ('b', '效能办', 'a')))
    assert '没有承接单位' in units([], date(2020, 1, 1), first, second).match('纠风办').unknown[0]


# -- a county as it is ------------------------------------------------------------------------------------------------

REAL = Units([Unit(tenant='t', code=code, name=name, kind=kind) for code, name, kind in [
    ('gov', '县政府', '政府'), ('fb', '县政府办公室', '办公室'), ('zzb', '县委组织部', '部门'), ('fgj', '县发展和改革局', '部门'),
    ('czj', '县财政局', '部门'), ('scj', '县市场监督管理局', '部门'), ('wlj', '县文化和旅游局', '部门'), ('zjj', '县住房和城乡建设局', '部门'),
    ('tax', '国家税务总局柞水县税务局', '部门'), ('kfq', '县经济技术开发区管理委员会', '部门'), ('z1', '城关镇', '地方'),
    ('z2', '乾佑街道办事处', '地方'), ('z3', '红岩寺镇人民政府', '地方'), ('x1', '丰北乡', '地方')]], date(2020, 5, 7), '柞水县')


@pytest.mark.parametrize(('said', 'code'), [
    ('县府办', 'fb'), ('政府办', 'fb'), ('县政府办（督查室）', 'fb'), ('柞水县财政局', 'czj'), ('县 财 政 局', 'czj'), ('县财政\n局', 'czj'),
    ('城关镇人民政府', 'z1'), ('乾佑街道', 'z2'), ('红岩寺镇', 'z3'), ('财政局（王某 0914-4321234）', 'czj')])
def test_other_ways_to_write_a_name_are_the_name(said: str, code: str) -> None:
    assert REAL.match(said) == Match([code])


@pytest.mark.parametrize(('said', 'code'), [
    ('县发改委', 'fgj'), ('柞水县发改局', 'fgj'), ('市场监管局', 'scj'), ('县市场监管局', 'scj'), ('组织部', 'zzb'), ('县税务局', 'tax'),
    ('经开区管委会', 'kfq'), ('经开区', 'kfq'), ('乾佑办', 'z2'), ('城关', 'z1')])
def test_what_a_name_is_short_for_is_proposed(said: str, code: str) -> None:
    found = REAL.match(said)
    assert found.codes == [code] and f'“{said}”认作' in found.notes[0]


@pytest.mark.parametrize('said', [
    '县发改局、财政局', '县发改局，县财政局', '县发改局 县财政局', '县发改局\n县财政局', '县发改局/财政局', '县发改局及县财政局', '①县发改局②县财政局',
    '（1）县发改局（2）县财政局', '发改、财政等部门', '县财政局、县发改局（牵头）', '配合单位：县财政局；县发改局（牵头单位）', '县发改局、无、县财政局'])
def test_several_are_joined_in_many_ways_and_who_leads_is_first(said: str) -> None:
    found = REAL.match(said)
    assert (found.codes, found.unknown, found.group) == (['fgj', 'czj'], [], False)


def test_an_and_within_a_name_is_none_between_two() -> None:
    assert REAL.match('县文化和旅游局和县财政局') == Match(['wlj', 'czj'])


@pytest.mark.parametrize(('said', 'codes'), [
    (said, ['z1', 'z2', 'z3', 'x1']) for said in ('各乡镇（街道）', '各乡镇、街道办事处', '各乡镇街道', '乡镇（街道）')] + [
    (said, ['z1', 'z2', 'z3']) for said in ('各镇（办）', '各镇（街道）', '各镇办', '镇街')] + [('各镇', ['z1', 'z3'])])
def test_each_town_is_every_town(said: str, codes: list[str]) -> None:
    found = REAL.match(said)
    assert (found.codes, found.unknown, found.group) == (codes, [], True)


@pytest.mark.parametrize('said', ['县级各部门', '县直各部门', '全县各单位', '各部门'])
def test_each_bureau_is_every_bureau(said: str) -> None:
    found = REAL.match(said)
    assert len(found.codes) == 8 and found.group


@pytest.mark.parametrize('said', ['各成员单位', '县级各相关部门', '县直有关部门', '其他有关单位按职责分工负责', '有关镇办', '相关镇（街道）'])
def test_who_is_only_hinted_at_is_asked_for(said: str) -> None:
    found = REAL.match(said)
    assert found.codes == [] and '没有指明是哪几家' in found.unknown[0]


def test_a_group_behind_one_that_leads_helps() -> None:
    found = REAL.match('县发展和改革局、各镇（街道）')
    assert (found.codes, found.group) == (['fgj', 'z1', 'z2', 'z3'], False)


@pytest.mark.parametrize('said', ['无', '/', '—', '——', ' - '])
def test_a_dash_is_nobody(said: str) -> None:
    assert REAL.match(said) == Match()


# -- tables -----------------------------------------------------------------------------------------------------------


def read(text: str) -> tuple[heading.Heading, list[Item]]:
    table, = sheet.pasted(text)
    found = heading.recognised(table)
    return found, list(heading.items(table, found.rows, found.columns))


def test_a_heading_may_stand_below_a_title_and_in_two_rows() -> None:
    found, items = read('2020年重点任务责任分解表\t\t\t\t\t\n序号\t任务\t责任分工\t\t完成时限\t备注\n\t\t牵头单位\t配合单位\t\t\n'
                        '一、抓落实\t\t\t\t\t\n1\t建库\t省发改委\t省工信厅\t5月底前\t重要\n'
                        '序号\t任务\t责任分工\t\t完成时限\t备注\n2\t公布清单\t省司法厅\t\t9月底前\t')
    assert (found.rows, found.columns) == (3, ('skip', 'title', 'lead', 'co', 'due', 'skip'))
    assert [item.values for item in items] == [
        {'section': '一、抓落实', 'title': '建库', 'lead': '省发改委', 'co': '省工信厅', 'due': '5月底前'},
        {'section': '一、抓落实', 'title': '公布清单', 'lead': '省司法厅', 'due': '9月底前'}]
    assert items[0].number == 5 and items[0].said == '1 ｜ 建库 ｜ 省发改委 ｜ 省工信厅 ｜ 5月底前 ｜ 重要'


@pytest.mark.parametrize(('labels', 'columns'), [
    ('序号\t事项\t牵头领导\t牵头单位\t责任单位\t时间节点', ('skip', 'title', 'skip', 'lead', 'co', 'due')),
    ('工作内容\t目标要求\t责任单位\t协办单位\t办结时限\t依据', ('title', 'requirement', 'lead', 'co', 'due', 'basis')),
    ('任务来源\t具体措施\t承办单位\t类别\t报告周期\t责任人', ('source', 'title', 'lead', 'matter_class', 'cycle', 'skip')),
    ('指标名称\t目标值\t责任部门\t完成标志\t完成时间\t联系电话', ('title', 'requirement', 'lead', 'evidence', 'due', 'skip'))])
def test_columns_are_known_by_their_words(labels: str, columns: tuple[str, ...]) -> None:
    found, _items = read(f'{labels}\n' + '\t'.join('甲乙丙丁戊己'[:len(columns)]))
    assert found.columns == columns


@pytest.mark.parametrize(('labels', 'columns'), [
    ('督查事项\t交办时间\t办理时限\t承办单位\t监督单位', ('title', 'skip', 'due', 'lead', 'skip')),
    ('议定事项\t立项时间\t主办单位\t会办单位\t办结时限', ('title', 'skip', 'lead', 'co', 'due')),
    ('问题\t整改措施\t整改时限\t责任单位（责任人）\t整改进展', ('title', 'requirement', 'due', 'lead', 'skip')),
    ('建议标题\t牵头单位及责任人\t配合单位、联系人\t答复时限', ('title', 'lead', 'co', 'due')),
    ('民生实事\t建设标准\t责任主体\t起止年限', ('title', 'requirement', 'lead', 'due')),
    ('任务\t责任分工\t时间进度\t工作进度', ('title', 'lead', 'due', 'skip'))])
def test_columns_that_only_look_alike_are_told_apart(labels: str, columns: tuple[str, ...]) -> None:
    found, _items = read(f'{labels}\n' + '\t'.join('甲乙丙丁戊己'[:len(columns)]))
    assert found.columns == columns


def test_of_several_task_columns_the_one_that_tells_lines_apart_is_the_name() -> None:
    found, items = read('重点工作\t具体任务\t责任单位\t时限\n抓产业\t建园区\t县发改局\t年底\n抓产业\t引企业\t县发改局\t年底')
    assert found.columns == ('section', 'title', 'lead', 'due')
    assert [(one.text('title'), one.text('section')) for one in items] == [('建园区', '抓产业'), ('引企业', '抓产业')]
    found, items = read('工作任务\t工作内容\t责任单位\t时限\n建园区\t三通一平\t县发改局\t年底\n引企业\t十家\t县发改局\t年底')
    assert (found.columns, items[0].text('requirement')) == (('title', 'requirement', 'lead', 'due'), '三通一平')


def test_who_filled_it_in_and_notes_below_are_no_tasks() -> None:
    found, items = read('填报单位：县政府督查室\t\t填报时间：2020年5月7日\n任务\t牵头单位\t完成时限\n建园区\t县发改局\t年底\n'
                        '注：1.牵头单位要加强协调\t\t\n审核人：王某\t\t填表人：李某')
    assert (found.rows, [one.text('title') for one in items]) == (2, ['建园区'])


def test_a_crossed_out_cell_is_empty() -> None:
    _, (item,) = read('任务\t牵头单位\t配合单位\t完成时限\n建园区\t县发改局\t/\t——')
    assert item.values == {'title': '建园区', 'lead': '县发改局'}


def test_a_row_that_is_hidden_in_excel_is_pointed_out() -> None:
    book = Workbook()
    for row in (['任务', '牵头单位', '完成时限'], ['建园区', '县发改局', '年底'], ['引企业', '县发改局', '年底']):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    file = BytesIO()
    book.save(file)
    table, = sheet.read(upload.check('分解表.xlsx', file.getvalue(), upload.SHEETS))
    kept, = packing.unpacked(packing.packed([table]))
    for each in (table, kept):
        found = heading.recognised(each)
        assert [one.notes for one in heading.items(each, found.rows, found.columns)] == [
            [], ['这一行在Excel里是隐藏的，请核对要不要立']]


def test_a_short_table_with_notes_is_still_a_table() -> None:
    found, items = read('任务\t牵头单位\t完成时限\n建园区\t县发改局\t年底\n注：年底是最后的时限。\n联系人：王某')
    assert (found.rows, len(items)) == (1, 1)


def test_as_above_is_what_stands_above_and_a_sum_is_no_task() -> None:
    rows = '任务\t责任单位\t完成时限\n清理法规\t省司法厅\t6月底前\n清理文件\t同上\t〃\n公开目录\t同上\t7月底前\n合计\t3\t'
    _, items = read(rows)
    assert [(one.text('title'), one.text('lead'), one.text('due')) for one in items] == [
        ('清理法规', '省司法厅', '6月底前'), ('清理文件', '省司法厅', '6月底前'), ('公开目录', '省司法厅', '7月底前')]


def test_without_a_heading_the_longest_column_is_the_task() -> None:
    found, items = read('建立任务清单并实时更新\t省司法厅\t5月底\n清理地方性法规并公布\t省政府办公厅\t9月底')
    assert (found.rows, found.columns) == (0, ('title', 'skip', 'skip')) and len(items) == 2
    mended = heading.reassigned(found, {1: 'lead', 2: 'due'})
    assert mended.columns == ('title', 'lead', 'due')


# -- clauses of the documents -----------------------------------------------------------------------------------------

S3 = '''二、重点任务
（一）实施一抓到底深入落实行动。各地各部门要积极运用“五步工作法”，建立抓落实台账管理制度，推动工作落实到位。要全面梳理需要落实的重点工作，于5月底前建立任务清单并实时动态更新，逐项明确时间表、路线图、责任人，进行常态化跟踪管理。
（二）实施研究问题破解难题行动。省有关单位和市、县政府于2020年12月底前向省政府办公厅各推荐报送1篇以上含金量较高的调研报告。省政府办公厅2021年1月底前组织评选出优秀调研报告装订成册并通报表扬。
（三）实施“双重”服务优化升级行动。要围绕服务重点企业发展、重点项目建设，由省发展改革委会同省工业和信息化厅等部门，5月底前建立健全重点企业和项目库。
三、效能评估和考核
省政府办公厅要会同省直目标绩效办等单位量化考核标准，于2020年底前对各地各部门以上六项行动实施情况进行评估考核。'''


def clauses(text: str, on: Units = GZ) -> list[tuple[str, ...]]:
    found, = sheet.pasted(text)
    return [tuple(item.text(name) for name in ('title', 'lead', 'co', 'due')) for item in clause.items(found, on)]


def test_the_plan_of_the_province() -> None:
    """S3, 黔府办发〔2020〕12号: five tasks with who and when, as the demo has them; appeals are no tasks."""
    assert clauses(S3) == [
        ('建立任务清单并实时动态更新', '各地各部门', '', '5月底前'),
        ('向省政府办公厅各推荐报送1篇以上含金量较高的调研报告', '省有关单位和市、县政府', '', '2020年12月底前'),
        ('组织评选出优秀调研报告装订成册并通报表扬', '省政府办公厅', '', '2021年1月底前'),
        ('建立健全重点企业和项目库', '省发展改革委', '省工业和信息化厅', '5月底前'),
        ('对各地各部门以上六项行动实施情况进行评估考核', '省政府办公厅', '省直目标绩效办', '2020年底前')]


def test_a_sentence_that_does_not_say_who_says_so() -> None:
    found, = sheet.pasted(S3)
    first = next(iter(clause.items(found, GZ)))
    assert first.notes == ['这一句没有写谁办，按上文的“各地各部门”，请核对']
    assert first.text('section') == '二（一） 实施一抓到底深入落实行动' and first.number == 2


@pytest.mark.parametrize(('text', 'on', 'found'), [
    # S4, 柞水县: one date, for every town and bureau
    ('各镇各部门要研究制订切实可行的活动方案，明确目标任务、落实措施和时间节点，方案于4月底前报领导小组办公室。', ZS,
     ('方案报领导小组办公室', '各镇各部门', '', '4月底前')),
    # S0: relative to a receipt
    ('常规性工作须在2个工作日内将任务及目标、措施、时限、要求、纪律等信息传达到有关责任单位和责任人。', GZ,
     ('常规性工作须将任务及目标、措施、时限、要求、纪律等信息传达到有关责任单位和责任人', '', '', '2个工作日内')),
    # S1, 长治: the first day
    ('市政府办公室要在第一时间列出清单进行交办，明确目标任务、完成时限。',
     units([('office', '市政府办公室', '办公室')]), ('列出清单进行交办', '市政府办公室', '', '第一时间')),
    # S2: every quarter, without an end
    ('市统计局每季度对全市主要指标完成情况，按增长速度排序，予以通报。', units([('tjj', '市统计局', '部门')]),
     ('对全市主要指标完成情况', '市统计局', '', '每季度'))])
def test_clauses_of_the_other_documents(text: str, on: Units, found: tuple[str, ...]) -> None:
    assert clauses(text, on) == [found]


@pytest.mark.parametrize(('bracket', 'lead', 'co', 'due'), [
    ('省发展改革委牵头，省财政厅、省农业农村厅配合，5月底前完成', '省发展改革委牵头', '省财政厅、省农业农村厅配合', '5月底前完成'),
    ('牵头单位：省司法厅；配合单位：省直有关部门；完成时限：9月底前', '省司法厅', '省直有关部门', '9月底前'),
    ('省司法厅负责，长期坚持', '省司法厅负责', '', '长期坚持'),
    ('责任单位：省司法厅、省发展改革委', '省司法厅、省发展改革委', '', '')])
def test_the_bracket_behind_a_task(bracket: str, lead: str, co: str, due: str) -> None:
    """How work reports write it: 任务。（谁牵头，谁配合，何时完成）."""
    text = f'3. 推进“一网通办”。提高办事效率，压减审批环节。（{bracket}）'
    assert clauses(text) == [('提高办事效率，压减审批环节', lead, co, due)]


@pytest.mark.parametrize('text', [
    '（一）立项。经县政府批准后，需要落实的工作事项，由科室进行交办，要明确牵头单位和协办单位。', '已经落实的工作事项，由牵头单位提出办结申请，县政府审定。'])
def test_who_leads_in_general_is_no_task(text: str) -> None:
    """长治's own rules speak of 牵头单位 without naming one."""
    assert clauses(text, REAL) == []


def test_what_asks_for_nothing_is_no_task() -> None:
    assert clauses('坚持以人民为中心，努力把损失降到最低，圆满完成全年目标任务。\n一、总体要求\n') == []


@pytest.mark.parametrize(('text', 'found'), [
    ('6.全面推行林长制。（县财政局）', ('全面推行林长制', '县财政局', '', '')),
    ('3.实施城市更新。改造老旧小区12个。【责任单位：县住建局、城关镇；完成时限：10月底前】',
     ('改造老旧小区12个', '县住建局、城关镇', '', '10月底前')),
    ('——新建幼儿园2所。（责任领导：王某；牵头单位：县发改局；责任单位：县财政局，城关镇）',
     ('新建幼儿园2所', '县发改局', '县财政局、城关镇', '')),
    ('（二）财政收入增长8%以上。牵头单位：县财政局 责任单位：县税务局，各镇（街道） 完成时限：全年',
     ('财政收入增长8%以上', '县财政局', '县税务局、各镇（街道）', '全年')),
    ('4.建设水库2座。\n牵头单位：县发改局\n配合单位：县财政局\n完成时限：9月底', ('建设水库2座', '县发改局', '县财政局', '9月底')),
    ('7.县发改局牵头，县财政局配合，三季度末完成全县项目库建设。', ('完成全县项目库建设', '县发改局', '县财政局', '三季度末')),
    ('会议决定，（2）由县文旅局牵头，尽快出台旅游奖补办法；', ('尽快出台旅游奖补办法', '县文旅局', '', '尽快')),
    ('请县财政局在两周内提出书面审核意见。', ('提出书面审核意见', '县财政局', '', '两周内'))])
def test_how_work_reports_say_who_does_it(text: str, found: tuple[str, ...]) -> None:
    assert clauses(text, REAL)[-1:] == [found]


@pytest.mark.parametrize(('text', 'found'), [
    # who is asked, and by which words
    ('请县发改局会同县财政局于6月15日前将方案报县政府。', ('方案报县政府', '县发改局', '县财政局', '6月15日前')),
    ('责成县市场监管局于一周内对投诉问题进行核查处理，并将结果报县政府办公室。', ('对投诉问题进行核查处理', '县市场监管局', '', '一周内')),
    ('由县市场监管局牵头，会同县文旅局、县财政局，对A级景区开展一次专项检查，检查结果于8月31日前报县政府办公室。',
     ('对A级景区开展一次专项检查', '县市场监管局', '县文旅局、县财政局', '8月31日前')),
    ('县文旅局、县财政局按照职责分工，于11月15日前完成旅游资金审计。', ('完成旅游资金审计', '县文旅局、县财政局', '', '11月15日前')),
    ('要求各镇（街道）每月25日前报送工作进展情况。', ('报送工作进展情况', '各镇（街道）', '', '每月25日前')),
    ('各镇（街道）每季度末前报送进展情况（县政府办公室汇总）。', ('报送进展情况（县政府办公室汇总）', '各镇（街道）', '', '每季度末前')),
    ('县财政局：9月底前完成专项债券发行。', ('完成专项债券发行', '县财政局', '', '9月底前')),
    ('请县财政局尽快拨付资金。', ('尽快拨付资金', '县财政局', '', '尽快')),
    ('县水利局要在汛期前完成水库除险加固。', ('完成水库除险加固', '县水利局', '', '汛期前')),
    ('由副县长张某牵头，县发改局、县财政局配合，8月底前拿出方案。', ('拿出方案', '', '县发改局、县财政局', '8月底前')),
    ('县政府督查室每月对任务落实情况进行督查通报。', ('对任务落实情况进行督查通报', '县政府督查室', '', '每月')),
    # where the limit stands in a part that says nothing by itself
    ('请县住建局抓紧推进老旧小区改造，确保年底前全部完工。', ('抓紧推进老旧小区改造', '县住建局', '', '年底前')),
    ('全面完成老旧小区改造任务，由县住建局负责，10月底前完成。', ('全面完成老旧小区改造任务', '县住建局', '', '10月底前')),
    ('请县财政局、县发改局分别于5月10日和5月20日前报送方案。', ('报送方案', '县财政局、县发改局', '', '5月10日和5月20日前')),
    ('县财政局应在收到文件后5个工作日内回复意见。', ('回复意见', '县财政局', '', '5个工作日内')),
    # fields and brackets in another order
    ('牵头单位：县财政局。工作任务：完成专项债券发行，9月底前报县政府。',
     ('完成专项债券发行，报县政府', '县财政局', '', '9月底前')),
    ('责任单位：县住建局；任务：改造老旧小区12个；时限：10月底前', ('改造老旧小区12个', '县住建局', '', '10月底前')),
    ('责任单位：县住建局。2020年10月底前，完成雨污分流改造。', ('完成雨污分流改造', '县住建局', '', '2020年10月底前')),
    ('【县财政局牵头】做好资金保障，6月底前拨付到位。', ('做好资金保障，拨付到位', '县财政局牵头', '', '6月底前')),
    ('完成规划编制（县发改局牵头），6月底前完成。', ('完成规划编制', '县发改局牵头', '', '6月底前')),
    ('完善县域医共体建设方案（6月底前）', ('完善县域医共体建设方案', '', '', '6月底前')),
    ('组织开展“回头看”。（6月底前完成，县政府督查室、各镇办）', ('组织开展“回头看”', '县政府督查室、各镇办', '', '6月底前完成'))])
def test_how_minutes_say_who_does_it(text: str, found: tuple[str, ...]) -> None:
    assert clauses(text, REAL) == [found]


@pytest.mark.parametrize(('text', 'found'), [
    ('一是加快项目建设（县发改局，12月底前）；二是强化资金保障（县财政局，6月底前）。',
     [('加快项目建设', '县发改局', '12月底前'), ('强化资金保障', '县财政局', '6月底前')]),
    ('完成规划编制（县发改局，5月底前）。县财政局6月底前拨付资金。', [('完成规划编制', '县发改局', '5月底前'), ('拨付资金', '县财政局', '6月底前')]),
    ('会议议定：一、由县财政局牵头，于5月20日前拨付资金。二、由县住建局负责，于6月底前开工建设。',
     [('拨付资金', '县财政局', '5月20日前'), ('开工建设', '县住建局', '6月底前')]),
    ('（一）县发改局：1.5月底前完成规划编制。2.8月底前完成项目申报。',
     [('完成规划编制', '县发改局', '5月底前'), ('完成项目申报', '县发改局', '8月底前')]),
    ('县财政局：\n1.5月底前拨付资金。\n县发改局：\n1.7月底前完成规划。\n二、县住建局\n（一）9月底前开工。',
     [('拨付资金', '县财政局', '5月底前'), ('完成规划', '县发改局', '7月底前'), ('开工', '县住建局', '9月底前')])])
def test_several_tasks_of_a_line_and_of_a_unit(text: str, found: list[tuple[str, ...]]) -> None:
    assert [(title, lead, due) for title, lead, _, due in clauses(text, REAL)] == found


_WORDS = st.sampled_from(['县财政局', '县住建局', '各镇（街道）', '有关单位', '由', '请', '会同', '牵头', '负责', '配合', '要', '5月底前', '每季度',
                          '尽快', '完成规划编制', '拨付资金', '并报县政府',
                          '，', '。', '；', '：', '、', '（', '）', '【', '】', '一、', '（二）', '3.',
                          '一是', '任务：', '责任单位：', '完成时限：', '会议决定，', ' ', '\n', '\u3000', 'A', '①'])


@given(st.lists(_WORDS, max_size=40).map(''.join))
def test_any_text_is_read(text: str) -> None:
    """Whatever a person pastes: every task has a name of at most 60 letters, and nothing of it is made up."""
    for sheet_ in sheet.pasted(text):
        for item in clause.items(sheet_, REAL) if sheet_.is_text else ():
            assert 0 < len(item.text('title')) <= 60
            assert set(item.text('title')) <= {*text, '，', ' '}
            assert all(_bare(part) in _bare(text) for name in ('lead', 'co') for part in item.text(name).split('、'))


def _bare(text: str) -> str:
    return ''.join(text.split())


def test_each_bracket_of_a_line_is_a_task() -> None:
    text = '建成敬老院3所（县财政局负责），建成公园2个（县住建局负责；6月30日前）。'
    assert clauses(text, REAL) == [('建成敬老院3所', '县财政局负责', '', ''), ('建成公园2个', '县住建局负责', '', '6月30日前')]
