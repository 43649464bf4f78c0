"""Tables: which row is the heading, what each column says, and the items below it."""
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.breakdown.item import Item, written
from engine.errors import said
from engine.sheet import Row, Sheet

_DEEPEST = 15               # rows among which the heading is looked for
_WORDS = (
    ('skip', r'序号|编号|备注|说明|分值|得分|责任人|负责人|联系人|电话|领导(?!批示)|进展|(?<!时间)进度(?!要求|安排)|完成情况|落实情况|'
             r'(?:监督|督办|督查|督导|检查|考核|审核|验收|填报|报送|交办|来文|发文|批示)(?:单位|部门)|'
             r'(?:交办|立项|批示|签发|下达|填报|填表|收文|来文|发文|印发|会议|起始|开始|启动|开工|受理|登记|制表)(?:时间|日期)|'
             r'^(?:第?[一二三四1-4]季度|[\d一二三四五六七八九十]+月份?|[上下]半年)$'),
    ('co', r'协办|配合|协同|协作|参与|会同|参加|会办'),
    ('lead', r'牵头|主办|主责|第一责任'),
    ('due', r'时限|时间|期限|年限|何时|截止|进度要求|进度安排|节点'),
    ('cycle', r'报告周期|报送频次|反馈频次|调度周期|周期|频次'),
    ('source', r'来源|出处'),
    ('basis', r'依据|文号|文件名称|会议名称'),
    ('evidence', r'办结标准|验收|成果|完成标志|衡量标准|佐证'),
    ('matter_class', r'类别|等级|重要程度|紧急程度|事项类型'),
    ('requirement', r'目标|要求|标准|具体措施|措施|内容|举措'),
    ('unit', r'责任分工|责任主体'),
    ('title', r'任务|事项|项目|工作|名称|指标|分工|问题|标题|提案|实事|诉求'),
    ('unit', r'责任单位|责任部门|承办单位|承办部门|落实单位|实施单位|办理单位|负责单位|单位|部门'),
)
_PERSONS = re.compile(r'(?:[（(]|及其?|[、和与/])(?:主要|第一)?(?:责任人|负责人|联系人|责任领导|领导|联系电话|电话)[）)]?')
_FORM_LINE = re.compile(r'(?:注|备注|说明|附注|[填审制]\w{1,3}[人位间期表]|[填制]报|联系人|联系电话|电话|单位负责人|签字|盖章)\s*(?:[（(]\w+[）)])?\s*[:：].*',
                        re.DOTALL)
_NAMED = {'lead', 'co', 'due', 'cycle', 'evidence', 'basis'}
_NOTHING = re.compile(r'[-－—/／\\]+|无')               # how an empty cell is crossed out
_AGAIN = re.compile('同上[栏行项]?|同前|[〃″"]')
_SAYS = re.compile(r'[^（(]+[:：].')                      # 填报单位：县政府办
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
    return replace(best, columns=_one_title(sheet.rows[best.rows:], best.columns))


def _one_title(rows: Sequence[Row], columns: tuple[str, ...]) -> tuple[str, ...]:
    """Of several columns of tasks (重点工作, 具体任务) the first that tells them apart is the name.

    What stands before it, for many at once, is their section, what stands behind it says more of each.
    """
    places = [place for place, kind in enumerate(columns) if kind == 'title']
    if len(places) < 2:
        return columns
    told = {place: len({written(row.cells[place]) for row in rows if place < len(row.cells)}) for place in places}
    name = next(place for place in places if told[place] * 10 >= max(told.values()) * 9)
    return tuple(kind if place not in places or place == name else 'section' if place < name else 'requirement'
                 for place, kind in enumerate(columns))


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
        found = _item(row, columns, section)
        if row.number in sheet.hidden:
            found.notes.append(said('这一行在Excel里是隐藏的，请核对要不要立'))
        yield found


def _without_sums(rows: Sequence[Row]) -> Iterator[Row]:
    """合计 is no task."""
    return (row for row in rows if not any(_SUM.fullmatch(written(cell)) for cell in row.cells) and not _is_note(row))


def _is_note(row: Row) -> bool:
    """注：… and 填表人：… below a table are no tasks."""
    return bool(_FORM_LINE.fullmatch(next(written(cell) for cell in row.cells if cell is not None)))


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
        if kind == 'skip' or cell is None or kind in _NAMED and _NOTHING.fullmatch(written(cell)):
            continue
        if kind in values:
            values[kind] = f'{written(values[kind])}\n{written(cell)}' if values[kind] != cell else cell
        else:
            values[kind] = cell
    line = ' ｜ '.join(dict.fromkeys(written(cell).replace('\n', ' ') for cell in row.cells if cell is not None))
    return Item(row.number, line[:2000], values)


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
    for text in dict.fromkeys(_PERSONS.sub('', word) for word in (lower, label)):
        if re.search(_TITLES, text):
            return 'title'
        found = next((kind for kind, words in _WORDS if re.search(words, text)), None)
        if found:
            return found
    return 'skip'


def _short(row: Row) -> bool:
    """Headings are words, not sentences; a title across the table is one cell only."""
    texts = {written(cell) for cell in row.cells if cell is not None}
    return len(texts) > 1 and all(len(text) <= 25 and not _SAYS.match(text) for text in texts)


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
