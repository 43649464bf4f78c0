"""Every page of the program speaks English where the reader does; what a government wrote stays as it was written."""
import json
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from engine import db, incident
from engine.errors import Broken
from engine.history import Event
from engine.story import FORMS
from tests.engine import dmn
from tests.engine.scenes import bundle, check
from tests.engine.test_gate import CASES
from tests.webapp import catalogue, mistakes
from tests.webapp.browser import Browser
from tests.webapp.conftest import ROOT
from tests.webapp.matters import advance, engine_of, handled, issued_notice, register
from tests.webapp.test_routes import EVERYBODY
from webapp import errors, language, reader

Browse = Callable[[str], Browser]
CHINESE = re.compile('[\u4e00-\u9fff]+')
WIDE = re.compile('[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]')
PLACE = re.compile(r'%\(\w+\)[sdg]|%%|\{[\w:,]*\}')
COUNTED = re.compile(r'(?<!第)%\(n\)[sg][个件天次行条处步份家分项]')
SEVERAL = re.compile(r'%\(n\)[sg] (?:[a-z]+ )?[a-z]{2,}(?<![aiou])s\b')
SPOKEN_TO_READERS = ('aria-label', 'title', 'placeholder', 'alt', 'abbr', 'data-h')
MOST_OF_A_KIND = 2
SPELT = ''.join(form.written + form.example for form in FORMS) + '休班照例'      # as a story is written
DECISION = dmn.table([('天数', 'days', 'number')], [('level', 'number')], [(['> 3'], ['1'])], policy='FIRST')



@pytest.fixture(scope='module')
def english() -> dict[str, tuple[str, ...]]:
    return catalogue.english()


def test_every_sentence_has_its_english(english: dict[str, tuple[str, ...]]) -> None:
    assert sorted(catalogue.spoken() - english.keys()) == [], 'python -m tests.webapp.catalogue'
    assert sorted(text for text, said in english.items() if not all(said)) == []


def test_the_english_fits_its_places_and_holds_no_chinese(english: dict[str, tuple[str, ...]]) -> None:
    each = [(text, one) for text, said in english.items() for one in said]
    assert [text for text, said in each if sorted(PLACE.findall(text)) != sorted(PLACE.findall(said))] == []
    assert [said for _text, said in each if WIDE.search(said)] == []


def test_what_is_counted_is_said_of_one_and_of_several(english: dict[str, tuple[str, ...]]) -> None:
    alone = {text: said[0] for text, said in english.items() if len(said) == 1 and COUNTED.search(text)}
    assert [text for text, said in alone.items() if SEVERAL.search(said)] == []


def test_no_failure_is_put_together_before_it_can_be_translated() -> None:
    assert sorted(catalogue.glued()) == []


def test_templates_say_nothing_past_the_catalogue() -> None:
    for path in sorted((ROOT / 'webapp' / 'templates').rglob('*.html')):
        said = re.sub(r'\{#.*?#\}', '', path.read_text(), flags=re.DOTALL)
        said = re.sub(r'''_\(\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")''', '', said)
        left = re.sub(r'\{%.*?%\}|\{\{.*?\}\}', '', said, flags=re.DOTALL)
        assert not WIDE.search(left), f'{path.name}: {WIDE.search(left)[0]}'


def test_the_boards_say_nothing_past_their_dictionary() -> None:
    """What our scripts say in Chinese is a key of their English; `zh` holds other people's words."""
    folder = ROOT / 'webapp' / 'frontend'
    known = ''.join(path.read_text() for path in sorted((folder / 'en').glob('*.js')))
    for path in sorted([*folder.glob('*.js'), *(folder / 'desk').glob('*.js')]):
        script = re.sub(r'^\s*//.*$|\s// .*$', '', path.read_text(), flags=re.MULTILINE)
        script = re.sub(r'/\^\(督办：\|Duban: \)/|这个编辑器没有装进来|monthAriaLabel.*', '', script)
        for said in re.findall(r"""'([^'\n]*)'|`([^`]*)`|([\u4e00-\u9fff]+)(?=:)""", script):
            text = ''.join(said)
            assert not CHINESE.search(text) or f"'{text}': '" in known, f'{path.name}: {text}'
    assert not [text for text in re.findall(r"': '((?:[^'\\]|\\.)*)'", known) if WIDE.search(text)]


def test_what_is_done_in_english_is_kept_in_chinese(app: Flask, browser: Browser, browse: Browse) -> None:
    head = browse('gz-office-head')
    head.get('/')
    head.post('/language', {'language': 'en'})
    head.get('/calendar')
    head.post('/calendar/day', {'day': '2020-10-12', 'working': 'off', 'note': '省里通知'})
    with db.reading(engine_of(app)) as session:
        kept = session.scalars(select(Event.summary).order_by(Event.seq.desc()).limit(1)).one()
    assert kept == '工作日历：2020-10-12 周一改为放假（省里通知）'


def test_what_is_wrong_with_a_form_is_said_in_english(app: Flask, browse: Browse) -> None:
    officer = browse('gz-office-officer')
    officer.get('/')
    officer.post('/language', {'language': 'en'})
    officer.get('/intake')
    page = officer.submit({}, status=422)
    assert 'Please' in page.text and '请' not in ''.join(page.texts('//*[@role="alert"]'))


def test_what_is_wrong_with_a_table_to_import_is_said_in_english(browse: Browse) -> None:
    owner = browse('gz-office-owner')
    owner.get('/')
    owner.post('/language', {'language': 'en'})
    owner.get('/directory/import')
    table = '单位代码,单位名称,类别,上级单位代码\njia,甲,部门,nowhere\n贾,,部门,\n'.encode()
    text = owner.post('/directory/import', {'file': (BytesIO(table), '机构.csv')}).text
    assert 'Parent unit "nowhere" is neither in the directory nor in this sheet' in text
    assert 'Unit name must be 1 to 100 characters long; it has 0' in text


def test_what_the_gate_finds_is_said_in_english(app: Flask) -> None:
    wrong = [bundle(files) for files in (*(case.wrong for case in CASES), *mistakes.FILES)]
    with app.test_request_context(headers={'Cookie': f'{reader.COOKIE}=en'}):
        for files in (files for files in wrong if not any(name.endswith('.docx') for name in files)):
            known = ''.join(name + content.decode(errors='replace') for name, content in files.items()) + SPELT
            said = {errors.finding(found) for found in check(files)}
            assert not [text for text in said if any(run not in known for run in CHINESE.findall(text))]


def test_a_failure_is_told_to_each_reader_in_his_language(app: Flask, browse: Browse) -> None:
    with pytest.raises(Broken) as caught:
        DECISION.decide({'days': '五'}, {})
    number = incident.open_(engine_of(app), caught.value, tenant_id='gz', verb='fire')
    operator = browse('gz-office-operator')
    assert '输入列“天数”：要是数字，现在是“五”' in operator.get(f'/incident/{number}').text
    operator.post('/language', {'language': 'en'})
    text = operator.get(f'/incident/{number}').text
    assert 'Decision table "测试表": input column "天数": it must be of the type "Number" and is "五"' in text
    assert 'The process owner corrects the decision table; then retry.' in text


def test_every_page_speaks_english(app: Flask, browse: Browse) -> None:
    app.after_request_funcs[None].remove(language.marked)                      # what is marked is not looked at here
    late = handled(app)
    register(app, title='司法厅的事项', lead_unit='sft')
    advance(app, 2020, 11, 3)
    issued_notice(app, late)
    known, seen, left = data(app), Counter(), []
    for login in EVERYBODY:
        browser = browse(login)
        browser.get('/')
        browser.post('/language', {'language': 'en'})
        left += [line for path, tree in pages(app, browser, seen) for line in chinese(path, tree, known)]
    assert sum(map(bool, seen.values())) > 60
    assert not left, '\n'.join(sorted(set(left)))


def pages(app: Flask, browser: Browser, seen: Counter) -> Iterator[tuple[str, object]]:
    """Every page that can be reached by links, a few of each kind."""
    rules, waiting, asked = app.url_map.bind('localhost'), deque(['/']), set()
    while waiting:
        path = waiting.popleft()
        kind = rules.match(urlsplit(path).path)[0]
        if path in asked or seen[kind] >= MOST_OF_A_KIND or kind == 'asset.file':
            continue
        asked.add(path)
        seen[kind] += path != '/'
        answer = browser.client.get(path, follow_redirects=True)
        if answer.mimetype != 'text/html':
            continue
        assert answer.status_code == 200, path
        tree = html.document_fromstring(answer.text)
        yield path, tree
        waiting += [href for href in tree.xpath('//a[not(@download)]/@href') if href.startswith('/')]


def chinese(path: str, tree: object, known: str) -> Iterator[str]:
    """What of a page is Chinese and no data."""
    attributes = ' | '.join(f'//@{name}' for name in SPOKEN_TO_READERS)
    written = 'ancestor::*[starts-with(@lang, "zh") or contains(@class, "paper")]'
    for text in tree.xpath(f'//text()[not({written})] | {attributes}'):
        for run in CHINESE.findall(text):
            if not any(run[:cut] in known and run[cut:] in known for cut in range(len(run))):      # 送 + 省政府办公厅
                yield f'{run} in {" ".join(text.split())[:60]} ({re.sub("[0-9a-f-]{36}", "…", path)[:50]})'


def data(app: Flask) -> str:
    """What is Chinese for everybody: what the database holds, the files that governments publish, the words that are
    written in stories, templates and tables to import, and weekdays in a text of theirs."""
    places = [*(ROOT / 'workflows').rglob('*.*'), *(ROOT / 'forms').glob('*.form'),
              ROOT / 'engine/document/vocabulary.py', ROOT / 'engine/roster/book.py']
    files = ''.join(path.read_text(errors='ignore') for path in places if path.suffix not in ('.png', '.docx', '.md'))
    files = files.replace('&#10;', '') + SPELT + '周一周二周三周四周五周六周日'
    with db.reading(engine_of(app)) as session:
        rows = [json.dumps([*map(str, row)], ensure_ascii=False) for table in db.Base.metadata.sorted_tables
                for row in session.execute(select(table))]
    return files + ''.join(rows)
