"""Tables: which row is the heading, what each column says, and the items below it."""
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.breakdown.item import Item, written
from engine.sheet import Row, Sheet

_DEEPEST = 15               # rows among which the heading is looked for
_WORDS = (
    ('skip', r'序号|编号|备注|说明|分值|得分|责任人|联系人|电话|领导(?!批示)|进展|完成情况|落实情况'),
    ('co', r'协办|配合|协同|协作|参与|会同|参加'),
    ('lead', r'牵头|主办|主责|第一责任'),
    ('due', r'时限|时间|期限|何时|截止|进度要求|节点'),
    ('cycle', r'报告周期|报送频次|反馈频次|调度周期|周期|频次'),
    ('source', r'来源|出处'),
    ('basis', r'依据|文号|文件名称|会议名称'),
    ('evidence', r'办结标准|验收|成果|完成标志|衡量标准|佐证'),
    ('matter_class', r'类别|等级|重要程度|紧急程度|事项类型'),
    ('requirement', r'目标|要求|标准|具体措施|措施|内容|举措'),
    ('title', r'任务|事项|项目|工作|名称|指标|分工'),
    ('unit', r'责任单位|责任部门|承办单位|承办部门|落实单位|实施单位|办理单位|负责单位|单位|部门'),
)
_AGAIN = re.compile('同上[栏行项]?|同前|[〃″"]')
_SUM = re.compile(r'(?:合|总|小|共)\s*计[:：]?')
_TITLES = r'(?:工作|任务|事项|项目)(?:内容|名称|事项)?$|重点任务|主要任务|具体任务|任务分解'


@dataclass(frozen=True)
class Heading:
    """Where a table's heading ends, and what its columns are: a key of `item.COLUMNS` for each."""

    rows: int                                            # of the sheet, counted from its first; 0: there is none
    columns: tuple[str, ...]
    labels: tuple[str, ...]


def recognised(sheet: Sheet) -> Heading:
    """The heading of a table: the row, or the two rows, that name the most columns; titles above it are passed over."""
    width = max((len(row.cells) for row in sheet.rows), default=0)
    best = Heading(0, _guessed(sheet, width), ('',) * width)
    most = 1
    for index, row in enumerate(sheet.rows[:_DEEPEST]):
        for deep in (1, 2):
            labels = _labels(sheet.rows[index:index + deep], width)
            kinds = _kinds(labels)
            count = len({kind for kind in kinds if kind != 'skip'})
            if count > most and _short(row) and {'title', 'requirement'} & {*kinds} and not (
                    deep == 2 and not _second(sheet.rows, index)):
                best, most = Heading(index + deep, kinds, labels), count
    return best


def items(sheet: Sheet, rows: int, columns: Sequence[str]) -> Iterator[Item]:
    """The items below a heading of so many rows. A line across the table is the section of those that follow."""
    section, above = '', ()
    head = [row.cells for row in sheet.rows[:rows]]
    for row in _without_sums(sheet.rows[rows:]):
        if row.cells in head:
            continue                                     # the heading again, at the top of a page
        row = row._replace(cells=_spelt_out(row.cells, above))
        if _is_section(row):
            section = written(next(cell for cell in row.cells if cell is not None))
            continue
        above = row.cells
        yield _item(row, columns, section)


def _without_sums(rows: Sequence[Row]) -> Iterator[Row]:
    """合计 is no task."""
    return (row for row in rows if not any(_SUM.fullmatch(written(cell)) for cell in row.cells))


def _spelt_out(cells: tuple[Any, ...], above: tuple[Any, ...]) -> tuple[Any, ...]:
    """同上 is what the line above says there."""
    return tuple(above[place] if place < len(above) and _AGAIN.fullmatch(written(cell)) else cell
                 for place, cell in enumerate(cells))


def _is_section(row: Row) -> bool:
    """一、总体要求 in a merged or an otherwise empty line; a task without anything else is no section."""
    several = {cell for cell in row.cells if cell is not None}
    if len(several) > 1:
        return False
    first = several.pop()
    merged = len(row.cells) > 1 and None not in row.cells
    return merged or bool(re.match(r'[（(]?[一二三四五六七八九十]+[）)、.]', written(first)))


def _item(row: Row, columns: Sequence[str], section: str) -> Item:
    values: dict[str, Any] = {'section': section} if section else {}
    for kind, cell in zip(columns, row.cells, strict=False):
        if kind == 'skip' or cell is None:
            continue
        if kind in values and kind != 'section':
            values[kind] = f'{written(values[kind])}\n{written(cell)}' if values[kind] != cell else cell
        else:
            values[kind] = cell
    said = ' ｜ '.join(dict.fromkeys(written(cell).replace('\n', ' ') for cell in row.cells if cell is not None))
    return Item(row.number, said[:2000], values)


def _labels(rows: Sequence[Row], width: int) -> tuple[str, ...]:
    """The words above each column; of a two-row heading the lower ones behind the upper ones."""
    cells = [[written(row.cells[place]) if place < len(row.cells) else '' for row in rows] for place in range(width)]
    return tuple('·'.join(dict.fromkeys(re.sub(r'\s', '', word) for word in one if word)) for one in cells)


def _kinds(labels: Sequence[str]) -> tuple[str, ...]:
    """What the columns are. 责任单位 alone is the lead; beside 牵头单位 it is who helps."""
    found = [_kind(label) for label in labels]
    known = {*found}
    unit = 'co' if 'lead' in known else 'lead'
    if 'title' not in known and 'requirement' in known:
        found[found.index('requirement')] = 'title'
    return tuple(unit if kind == 'unit' else kind for kind in found)


def _kind(label: str) -> str:
    lower = label.rpartition('·')[2]
    for text in dict.fromkeys((lower, label)):
        if re.search(_TITLES, text):
            return 'title'
        found = next((kind for kind, words in _WORDS if re.search(words, text)), None)
        if found:
            return found
    return 'skip'


def _short(row: Row) -> bool:
    """Headings are words, not sentences; a title across the table is one cell only."""
    texts = {written(cell) for cell in row.cells if cell is not None}
    return len(texts) > 1 and all(len(text) <= 25 for text in texts)


def _second(rows: Sequence[Row], index: int) -> bool:
    """Whether the row below is the lower part of a heading: some of its cells go on from above, others divide it."""
    if index + 1 >= len(rows) or not _short(rows[index + 1]):
        return False
    upper, lower = rows[index].cells, rows[index + 1].cells
    divided = [place for place, cell in enumerate(lower) if cell is not None and (
        place >= len(upper) or upper[place] is None or upper[place] != cell)]
    named = [place for place in divided if _kind(written(lower[place])) != 'skip' or re.search(
        _WORDS[0][1], written(lower[place]))]
    return bool(divided) and len(named) == len(divided)


def _guessed(sheet: Sheet, width: int) -> tuple[str, ...]:
    """Without a heading, the column with the most letters is the task; the reader says what the others are."""
    weights = [sum(len(written(row.cells[place])) for row in sheet.rows if place < len(row.cells))
               for place in range(width)]
    longest = weights.index(max(weights)) if weights else 0
    return tuple('title' if place == longest else 'skip' for place in range(width))


def reassigned(heading: Heading, given: Mapping[int, str]) -> Heading:
    """The heading with some columns taken for something else."""
    columns = tuple(given.get(place, kind) for place, kind in enumerate(heading.columns))
    return Heading(heading.rows, columns, heading.labels)
