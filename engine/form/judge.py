"""What is wrong with the fields of a form, each by itself and all together."""
import re
from collections import Counter
from collections.abc import Iterator

from engine.errors import listed, reason, said
from engine.form.field import ASKED, CHOICE, LONGEST, MOMENT, MOST_ROWS, TEXT, Field
from engine.form.pattern import compiled
from engine.form.problem import Problem, problem
from engine.form.text import Live, is_live

MOST_STATED = 50_000
"""The longest text that a file may allow."""
RENDERED = {'radio': ('actions',), 'text': ('facts',), 'group': ('next',)}
SHOWN = {'dynamiclist': ('milestones',)}
"""What the answers to a field are besides, on pages that look for it by the property `shows`."""
_NUMBER = re.compile(r'-?\d+(\.\d+)?')
_DAY = re.compile(r'\d{4}-\d\d-\d\d(T.+)?')


def judge(fields: tuple[Field, ...], unnamed: frozenset[str | None] = frozenset()) -> Iterator[Problem]:
    """Everything that is wrong, in the order of the file; `unnamed` are keys in the place of ids that are missing."""
    everything = [one for top in fields for one in top.walk()]
    for one in everything:
        yield from _alone(one)
        yield from _limits(one)
        yield from _references(one, everything)
    for name, times in Counter(one.id for one in everything if one.id).items():
        if times > 1 and name not in unnamed:
            yield problem('form.duplicate', name, times=times, what=said('id都是{name}', name=name))
    yield from _keys(fields)
    if sum(one.acts for one in everything) > 1:
        yield problem('form.actions', next(one.id for one in everything if one.acts))


def _named(one: Field) -> str:
    return one.label.source if one.label else one.key or one.id


def _alone(one: Field) -> Iterator[Problem]:
    label = _named(one)
    if one.kind in ASKED and one.label is None:
        yield problem('form.label', one.id, label=label)
    if one.kind in CHOICE and not one.options and one.source is None and not one.rules.get('options'):
        yield problem('form.options', one.id, label=label)
    for text, times in Counter(option.text for option in one.options).items():
        if times > 1:
            yield problem('form.option', one.id, label=label,
                          what=said('有{count}个的值都是“{text}”', count=times, text=text))
    if one.kind == 'table' and not one.columns:
        yield problem('form.source', one.id, label=label, what=said('列'))
    if one.kind in ('group', 'dynamiclist') and not one.children:
        yield problem('form.empty', one.id, label=label)
    if one.format not in ('', 'email', 'phone'):
        yield problem('form.format', one.id, label=label, what=one.format)
    if (render := one.rules.get('render')) and render not in RENDERED.get(one.kind, ()):
        yield problem('form.render', one.id, label=label, what=render)
    if (shows := one.rules.get('shows')) and shows not in SHOWN.get(one.kind, ()):
        yield problem('form.shows', one.id, label=label, what=shows)
    if one.pattern:
        try:
            compiled(one.pattern)
        except ValueError as error:
            yield problem('form.pattern', one.id, label=label, cause=reason(error))


def _limits(one: Field) -> Iterator[Problem]:
    label = _named(one)
    for limit in (one.minimum, one.maximum, one.shortest, one.longest):
        source = limit.source if limit and not is_live(limit.source) else None
        if source is not None and not (_DAY if one.kind in MOMENT else _NUMBER).fullmatch(source):
            wanted = said('日期') if one.kind in MOMENT else said('数字')
            yield problem('form.limit', one.id, label=label,
                          what=said('“{source}”要写成{wanted}，或者以=开头的表达式', source=source, wanted=wanted))
    shortest, longest, low, high = map(_number, (one.shortest, one.longest, one.minimum, one.maximum))
    most = LONGEST.get(one.kind) if longest is None else longest
    if _crossed(low, high) or (one.kind in TEXT and _crossed(shortest, most)):
        yield problem('form.limit', one.id, label=label, what=said('最小值比最大值大，谁也填不对'))
    if one.kind in TEXT and longest is not None and longest > MOST_STATED:
        yield problem('form.limit', one.id, label=label, what=said('一个字段最多{count}个字', count=MOST_STATED))
    rows = [one.rules.get(name, '0') for name in ('min', 'max')] if one.kind == 'dynamiclist' else []
    if any(not text.isdigit() or int(text) > MOST_ROWS for text in rows):
        yield problem('form.limit', one.id, label=label, what=said('行数min和max要写0到{most}的整数', most=MOST_ROWS))
    elif rows and one.row_limits[0] > one.row_limits[1]:
        yield problem('form.limit', one.id, label=label, what=said('最少的行数比最多的还多'))


def _number(limit: Live | None) -> float | None:
    return float(limit.source) if limit and _NUMBER.fullmatch(limit.source) else None


def _crossed(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and low > high


def _references(one: Field, everything: list[Field]) -> Iterator[Problem]:
    """A rule that names what does not exist would silently never hold."""
    keys, label = {other.key: other for other in everything if other.key}, _named(one)
    needed = one.rules.get('needs')
    if needed and (needed not in keys or keys[needed].kind not in TEXT):
        yield problem('form.reference', one.id, label=label, what=said('needs写的“{needed}”不是这张表里的文本框', needed=needed))
    known = {option.text for option in one.written}
    if known and one.refused - known:
        yield problem('form.reference', one.id, label=label,
                      what=said('refuse写的“{refused}”不是它的选项', refused=listed(sorted(one.refused - known))))


def _keys(fields: tuple[Field, ...]) -> Iterator[Problem]:
    """Each key once: in the form, and in each row of a list."""
    level: list[Field] = []
    stack = list(fields)
    while stack:
        one = stack.pop(0)
        stack[:0] = one.children if one.kind == 'group' else ()
        if one.kind == 'dynamiclist':
            yield from _keys(one.children)
        if one.key:
            level.append(one)
    for key, times in Counter(one.key for one in level).items():
        if times > 1:
            ids = [one.id for one in level if one.key == key]
            yield problem('form.duplicate', ids[0], times=times,
                          what=said('键都是“{key}”（{ids}）', key=key, ids=listed(ids)))
