"""A year's arrangement from a file: read completely before anything is changed, or refused row by row."""
import csv
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import orjson
from sqlalchemy.orm import Session

from engine.errors import Refused, listed, said
from engine.workcal import official
from engine.workcal.table import Changed, Owner, Row, change

LARGEST, MOST_ROWS, MOST_TOLD = 1_000_000, 2_000, 10
COLUMNS = {'day': 'day', 'date': 'day', '日期': 'day', 'working': 'working', '安排': 'working', '班休': 'working',
           'note': 'note', '说明': 'note', '备注': 'note'}
WORKING = {'班': True, '上班': True, True: True, '休': False, '休息': False, '放假': False, False: False}
DAY = re.compile(r'(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?')


def import_file(session: Session, tenant: Owner, content: bytes, source: str = '') -> Changed:
    """Import `content`: a CSV file with the columns day, working (班 or 休) and note (also 日期, 安排, 说明; UTF-8 or
    GBK), or the same as a JSON list, or as ``{"source": …, "rows": […]}``. `source` is the notice's number.

    A year after the covered ones becomes covered when its arrangement is whole: it follows the last covered
    year, and all its legal holidays are off. Days of covered years may be among the rows; other years may
    not.

    :raises Refused: says every bad row by its number; nothing was changed.
    """
    if len(content) > LARGEST:
        raise Refused('日历文件超过 1 MB，没有导入。')
    table, label, told = _json(content) if content.lstrip()[:1] in (b'[', b'{') else _csv(content)
    if len(table) > MOST_ROWS:
        raise Refused('日历文件有{count}行，最多{most}行，没有导入。', count=len(table), most=MOST_ROWS)
    rows, problems = _rows(table, label)
    if not rows and not problems:
        raise Refused('日历文件里没有一行日期，没有导入。')
    reach = tenant.covered_until
    if not problems:
        reach, problems = _reach(rows, reach)
    if problems:
        more = [said('另有{count}处', count=len(problems) - MOST_TOLD)] if len(problems) > MOST_TOLD else []
        raise Refused('日历文件没有导入：{problems}', problems=listed([*problems[:MOST_TOLD], *more], '；'))
    return change(session, tenant, rows, source or told or '导入', covered_until=reach)


def _line(number: int) -> str:
    return said('第{n}行', n=number)


def _item(number: int) -> str:
    return said('第{n}条', n=number)


def _json(content: bytes) -> tuple[list[tuple[int, Any]], Callable[[int], str], str]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Refused('日历文件不是完整的 JSON，没有导入。') from None
    source = found.get('source', '') if isinstance(found, dict) else ''
    rows = found.get('rows') if isinstance(found, dict) else found
    if not isinstance(rows, list) or not isinstance(source, str):
        raise Refused('日历文件要写成 [{"day": "2027-01-01", "working": "休", "note": "元旦"}, …]，没有导入。')
    return list(enumerate(rows, 1)), _item, source


def _csv(content: bytes) -> tuple[list[tuple[int, Any]], Callable[[int], str], str]:
    try:
        text = content.decode('utf-8-sig')
    except UnicodeDecodeError:
        text = content.decode('gb18030', errors='replace')           # what a Chinese Excel saves
    try:
        lines = [(number, [cell.strip() for cell in line])
                 for number, line in enumerate(csv.reader(io.StringIO(text)), 1)]
    except csv.Error:
        raise Refused('日历文件不是 CSV，没有导入。') from None
    lines = [(number, line) for number, line in lines if any(line)]
    names = [COLUMNS.get(cell.lower()) for cell in lines[0][1]] if lines else []
    if 'day' not in names or 'working' not in names:
        raise Refused('日历文件第1行要写列名：日期,安排,说明（或 day,working,note），没有导入。')
    return [(number, dict(zip(names, line))) for number, line in lines[1:]], _line, ''


def _rows(table: list[tuple[int, Any]], label: Callable[[int], str]) -> tuple[list[Row], list[str]]:
    rows, problems, seen = [], [], {}
    for number, cells in table:
        row, problem = _row(cells)
        if row is not None and row.day in seen:
            problem = said('{day}在{place}已经写过', day=row.day, place=seen[row.day])
        if problem:
            problems.append(said('{place}：{problem}', place=label(number), problem=problem))
        elif row is not None:
            seen[row.day] = label(number)
            rows.append(row)
    return rows, problems


def _row(cells: Any) -> tuple[Row | None, str]:
    """A row, or what is wrong with it."""
    if not isinstance(cells, dict):
        return None, said('要有 day、working 两项')
    text, word, note = cells.get('day'), cells.get('working'), cells.get('note', '')
    match = DAY.fullmatch(text) if isinstance(text, str) else None
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2100:
        return None, said('“{text}”不是日期，要写成 2027-01-01', text=str(text)[:20])
    if not isinstance(word, (str, bool)) or word not in WORKING:
        return None, said('“{word}”看不懂，只能写班或休', word=str(word)[:20])
    if not isinstance(note, str) or len(note) > 200:
        return None, said('说明要是 200 字以内的文字')
    return Row(day, WORKING[word], note), ''


def _reach(rows: list[Row], covered_until: date) -> tuple[date, list[str]]:
    """How far the calendar reaches with these rows, and what is missing in the years that they add."""
    works = {row.day: row.working for row in rows}
    new = sorted({row.day.year for row in rows if row.day > covered_until})
    problems = []
    first = (covered_until + official.DAY).year
    for expected, year in enumerate(new, first):
        if year != expected:
            return covered_until, [said('{year}年的安排还没有导入，不能先导入{later}年', year=expected, later=year)]
        for day, name in official.statutory(year):
            if works.get(day, day.weekday() < 5):
                missing = said('没有写休') if day not in works else said('不能上班')
                problems.append(said('{year}年的安排不完整：{month}月{day}日（{name}）{what}', year=year, month=day.month,
                                     day=day.day, name=name, what=missing))
    return (date(new[-1], 12, 31) if new else covered_until), problems
