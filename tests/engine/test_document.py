"""What a document says of the values that a drawing hands over."""
import re
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as WordFile
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from sqlalchemy import Engine, select

from engine import db, document
from engine.document import NAMES, Document, block, paper as printed, template, word
from engine.errors import Failed, Refused
from tests.engine import diagrams
from tests.engine.desk import Desk
from tests.engine.papers import paper
from tests.workflows.story import bundle_files

GIVEN = {'次数': '${0}', '金额': '${1234567.5}', '可否': '${1 == 1}', '日子': '2020-02-29', '怪日子': '2020-02-30',
         '各家': '${[{"件": 0, "比": 1.0, "成": 1 == 1, "限": "2020-02-29"}]}'}


@pytest.fixture
def desk(engine: Engine) -> Desk:
    """A process that makes a document."""
    inputs = {'document': 'reply', 'label': '答复', 'title': '答复', **GIVEN}
    make = diagrams.service('make', camunda_topic='document.make', inputs=inputs)

    class Answering(Desk):
        files = {'reply.docx': paper('{{ 次数 }}，{{ 金额 }}', '{% for 行 in 各家 %}{{ 行.件 }}{% endfor %}')}
    return Answering(engine, p=diagrams.line(make, between=('make',)))


def made(engine: Engine) -> list[Document]:
    with db.reading(engine) as session:
        return list(session.scalars(select(Document).order_by(Document.id)))


def test_nought_and_dates_are_said_in_a_list_as_elsewhere(engine: Engine, desk: Desk) -> None:
    desk.start()
    said = made(engine)[0].content
    assert [said[name] for name in GIVEN] == ['0', '1234567.5', '是', '2020年2月29日', '2020-02-30', [
        {'件': '0', '比': '1', '成': '是', '限': '2020年2月29日'}]]


def test_documents_of_one_moment_come_in_the_order_of_their_issue(engine: Engine, desk: Desk) -> None:
    for _ in range(10):
        desk.start()
    with db.reading(engine) as session:
        before = document.earlier(session.execute(document.BEFORE))
    assert [one['文号'] for one in before][-2:] == ['〔2020〕答复字第9号', '〔2020〕答复字第10号']


def test_a_title_that_is_longer_than_lists_have_room_for_is_whole_on_paper(engine: Engine) -> None:
    title = '关于“' + '长' * 300 + '”的答复'

    class Answering(Desk):
        files = {'reply.docx': paper('{{ 标题 }}')}
    make = diagrams.service('make', camunda_topic='document.make',
                            inputs={'document': 'reply', 'label': '答复', 'title': title})
    Answering(engine, p=diagrams.line(make, between=('make',))).start()
    kept, = made(engine)
    assert kept.content['标题'] == title and kept.title == title[:299] + '…'


def test_a_kind_that_is_too_long_for_a_series_of_numbers_is_told_so(engine: Engine) -> None:
    make = diagrams.service('make', camunda_topic='document.make',
                            inputs={'document': 'reply', 'label': '答复' * 11, 'title': '答复'})

    class Answering(Desk):
        files = {'reply.docx': paper('{{ 标题 }}')}
    with pytest.raises(Failed, match='最多20个字'):
        Answering(engine, p=diagrams.line(make, between=('make',))).start()
    assert made(engine) == []


def test_a_template_is_shown_with_rows_of_a_list_of_the_drawing_s_own() -> None:
    written = paper('{% for 行 in 各家 %}{{ 行.件 }}{% endfor %}，{{ 金额 }}')
    shown = word.filled(written, template.read(written, 'reply.docx').sample())
    assert block.blocks(shown)[0].text == '〈件〉，〈金额〉'


def test_a_template_that_asks_for_what_is_not_there_is_refused_in_chinese() -> None:
    with pytest.raises(Refused, match='它要的和图上给的对不上'):
        word.filled(paper('{% if 次数 > 0 %}又{% endif %}'), {'次数': '1'})


@pytest.mark.parametrize('file', sorted(Path('workflows').glob('*.docx')), ids=lambda file: file.stem)
def test_a_shipped_template_is_laid_out_alike_by_word_and_by_libreoffice(file: Path) -> None:
    """GB/T 9704: 22 lines a page; what is printed last stands at the bottom of the last page. A grid of letters, which
    Word shrinks a little, would be read as twice as wide elsewhere."""
    read = WordFile(file)
    (grid,) = read.sections[-1]._sectPr.xpath('./w:docGrid')
    assert (grid.get(qn('w:type')), grid.get(qn('w:linePitch'))) == ('lines', '579')
    last = [one for one in read.paragraphs if one.style.name in ('公文抄送', '公文印发')]
    frames = [one._p.xpath('./w:pPr/w:framePr')[0] for one in last]
    assert {(one.get(qn('w:vAnchor')), one.get(qn('w:yAlign'))) for one in frames} == {('margin', 'bottom')}
    assert all(row._tr.xpath('./w:trPr/w:cantSplit') for table in read.tables for row in table.rows)


@pytest.mark.parametrize('file', sorted(Path('workflows').glob('*.docx')), ids=lambda file: file.stem)
def test_the_signature_of_a_shipped_template_stands_on_a_page_with_text(file: Path) -> None:
    """GB/T 9704: no date on a page of its own. The text's last paragraph goes over with signature and date."""
    paragraphs = WordFile(file).paragraphs
    at = [one.style.name for one in paragraphs].index('公文署名')
    text, sign, date = paragraphs[at - 1:at + 2]
    assert text._p.getnext() is sign._p and text.style.name == '公文正文' and date.style.name == '公文日期'
    assert text.paragraph_format.keep_with_next and sign.style.paragraph_format.keep_with_next


@pytest.mark.parametrize(('name', 'sentences'), [
    ('urging_notice', ('的挂牌通知', '经提醒仍未办结', '现予挂牌', '逾期仍未整改到位的，将予立案。')),
    ('investigation_notice', ('实施挂牌的通知', '经提醒仍未办结', '现予挂牌'))])
def test_a_notice_calls_the_levels_as_the_government_does(name: str, sentences: tuple[str, ...]) -> None:
    content = {key: one.nothing for key, one in NAMES.items()} | {'文种': '挂牌', '上一级': '提醒', '下一级': '立案'}
    made = WordFile(BytesIO(word.filled(bundle_files()[f'{name}.docx'], content)))
    said = '\n'.join(paragraph.text for paragraph in made.paragraphs)
    assert all(sentence in said for sentence in sentences)
    assert not any(fixed in said for fixed in ('督办', '催办', '查办'))


def test_no_letter_of_a_name_is_lost_however_rare() -> None:
    """Letters that were counted after this Python, a registry's own ones, wide spaces; what steers a program goes."""
    kept = '𠮷\U00031350\ue123龘\u3000\xa0👩\u200d👧☃️&<b>{{ 文号 }}'
    assert document.paragraphs(f'甲{kept}乙') == f'甲{kept}乙'
    assert document.paragraphs('甲\x00\x0b\x1f\u202e\ufeff\uffff乙\u3000\r\n\n　　丙') == '甲\a乙\a丙'
    content = {key: one.nothing for key, one in NAMES.items()} | {'标题': document.paragraphs(kept)}
    shown = block.blocks(word.filled(paper('{{ 标题 }}'), content))
    assert shown[0].text == kept


def test_paper_says_what_stands_in_a_link_or_was_put_in_by_a_reviser() -> None:
    """Word makes a link of every address, and keeps who put in what while changes are tracked."""
    run = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    written = WordFile(BytesIO(paper('甲', rows='协办分工')))
    for around in ('<w:hyperlink {}>乙{{{{ 文号 }}}}</w:hyperlink>', '<w:ins {} w:id="1" w:author="丙">丙</w:ins>',
                   '<w:del {} w:id="2" w:author="丙">丁</w:del>',
                   '<w:sdt {}><w:sdtPr/><w:sdtContent>戊</w:sdtContent></w:sdt>'):
        said = re.sub('>([^<]+)<', lambda found: f'>{run.format(found[1])}<', around.format(nsdecls('w')))
        written.paragraphs[0]._p.append(parse_xml(said))
    whole = parse_xml(f'<w:sdt {nsdecls("w")}><w:sdtContent><w:p>{run.format("己")}</w:p></w:sdtContent></w:sdt>')
    written.paragraphs[0]._p.addnext(whole)
    held = BytesIO()
    written.save(held)
    content = {key: one.nothing for key, one in NAMES.items()} | {'文号': '〔2020〕1号'}
    shown = block.blocks(word.filled(held.getvalue(), content))
    assert [one.text for one in shown][:2] == ['甲乙〔2020〕1号丙戊', '己']


def test_a_day_in_a_table_is_not_broken_over_lines(tmp_path: Path) -> None:
    rows = (('协办单位', '做什么', '时限'), *((f'第{n}号名字特别长的单位人民政府办公室', '做' * 200, '2020年8月31日') for n in range(3)))
    (tmp_path / 'one.pdf').write_bytes(printed.pdf(printed.html([block.Block('table', rows=rows)], '')))
    printer = ['pdftotext', '-layout', tmp_path / 'one.pdf', '-']
    said = subprocess.run(printer, capture_output=True, text=True, check=True).stdout
    assert said.count('2020年8月31日') == 3


@pytest.mark.parametrize('lines', range(15, 20))
def test_no_page_holds_the_imprint_alone(lines: int, tmp_path: Path) -> None:
    """GB/T 9704: what is printed last stands at the foot of the page on which the text ends."""
    signed = [block.Block('sign', (('省政府办公厅', False),)), block.Block('date', (('2020年11月3日', False),)),
              block.Block('printed', (('省政府办公厅\t2020年11月4日印发', False),))]
    page = printed.html([block.Block('text', (('照办。', False),))] * lines + signed, '')
    (tmp_path / 'one.pdf').write_bytes(printed.pdf(page))
    said = subprocess.run(['pdftotext', tmp_path / 'one.pdf', '-'], capture_output=True, text=True, check=True).stdout
    last = said.split('\f')[-2]
    assert all(part in last for part in ('照办。', '省政府办公厅', '2020年11月3日', '2020年11月4日印发'))
