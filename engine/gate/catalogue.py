"""The table of all that can be drawn: executed, repaired, warned of or refused, and the grammar of stories.

`workflows/README.md` is made of it.

``python -m engine.gate.catalogue > workflows/README.md`` writes it; the tests prove every row with a small diagram.
"""
from collections.abc import Iterator
from typing import NamedTuple

from engine import story
from engine.errors import said
from engine.finding import Rule
from engine.gate import rules
from engine.gate.drawn import DRAWN

_HOW = {'refuse': said('拒绝'), 'repair': said('修好'), 'warn': said('提醒')}
_HEAD = '''# 画什么，就怎么跑

这张表由检查程序生成，每一行都有一张小图在测试里证明：写“执行”的照图跑，写“拒绝”的发布时就拦下。

- **执行**：按BPMN 2.0标准跑；
- **修好**：图上没说全，意思只有一种，发布时补上，并告诉您；
- **提醒**：照图跑，但多半不是您想要的；
- **拒绝**：不发布，说明是哪个元素、怎么改。

扩展写法是Camunda 7的（`camunda:`），用Camunda Modeler画。条件、期限、办理人里的`${…}`写法见流程页。
'''


class Row(NamedTuple):
    """One thing that can be drawn. ``rule`` is what the gate says of it, ``en`` in English; None and '' where it is simply executed."""

    id: str
    what: str
    how: str
    said: str
    en: str
    rule: Rule | None


def rows() -> Iterator[tuple[str, list[Row]]]:
    """The rows of the table, under the headings that they stand below."""
    known = {rule.code: rule for rule in rules()}
    for heading, drawn in DRAWN.items():
        yield heading, [_row(ident, what, text, known.get(text)) for ident, what, text in drawn]


def _row(ident: str, what: str, text: str, rule: Rule | None) -> Row:
    if rule is None:
        return Row(ident, what, said('执行'), text, '', None)
    return Row(ident, what, _HOW[rule.severity], sentence(rule), _english(rule), rule)


class _Blanks(dict):
    def __missing__(self, name: str) -> str:
        return {'it': '它', 'hint': '。', 'advice': '请改正', 'cause': '读不懂的原因'}.get(name, '…')


def sentence(rule: Rule) -> str:
    """What a rule says, without the places that only a drawing can fill."""
    return rule.zh.format_map(_Blanks()).replace('它里', '里面').replace('它上', '上面')


def _english(rule: Rule) -> str:
    told = rule.en.format_map(_Blanks(it='this', hint='', advice='please correct it', cause='why it cannot be read'))
    return told[:1].upper() + told[1:]


def document() -> str:
    """The whole table as Markdown."""
    parts = [_HEAD]
    for heading, drawn in rows():
        lines = [f'| {row.what} | {row.how} | {_cell(row.said)}{_code(row.rule)} |' for row in drawn]
        parts.append('\n'.join([f'## {heading}\n', '| 画法 | 怎样 | 说明 |', '|---|---|---|', *lines, '']))
    lines = [f'| `{rule.code}` | {_HOW[rule.severity]} | {_cell(sentence(rule))} |'
             for rule in sorted(rules(), key=lambda rule: rule.code)]
    parts.append('\n'.join(['## 检查的全部规则\n', '| 编号 | 怎样 | 说明 |', '|---|---|---|', *lines, '']))
    parts.append('\n'.join([*story.document(), '']))
    return '\n'.join(parts)


def _code(rule: Rule | None) -> str:
    return f' `{rule.code}`' if rule else ''


def _cell(text: str) -> str:
    return text.replace('|', '\\|').replace('\n', ' ')


if __name__ == '__main__':
    print(document(), end='')
