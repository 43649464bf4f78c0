"""From the bytes of a .form file to its fields, and everything that is wrong with it."""
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from engine.errors import Refused
from engine.expression import ExpressionError
from engine.form.field import ASKED, CHOICE, HOLDS, MOMENT, TEXT, Field, Option
from engine.form.pattern import compiled
from engine.form.text import Live, is_live

MOST_BYTES = 500_000
MOST_COMPONENTS = 300
MOST_NESTED = 4
LONGEST = {'textfield': 500, 'textarea': 10_000}
"""Characters of a trimmed answer where the file states no limit."""
MOST_STATED = 50_000

KINDS = ASKED | {'expression', 'text', 'group', 'table', 'separator', 'spacer', 'button'}
RENDERED = {'radio': ('actions',), 'text': ('facts',), 'group': ('next',)}
# Ids of the page around the form, and names that the page posts itself.
TAKEN = frozenset({'main', 'es', 'draft', 'csrf_token', 'Meta'})
_NAME = re.compile(r'[^\W\d_]\w{0,59}')
_DAY = re.compile(r'\d{4}-\d\d-\d\d')


class Problem(NamedTuple):
    """One thing wrong with a form file: ``severity`` is ``refuse`` or ``warn``; ``component`` is the id as written."""

    code: str
    severity: str
    component: str | None
    zh: str
    en: str


def read(data: bytes, name: str) -> tuple[Mapping[str, Any], tuple[Field, ...], list[Problem]]:
    """The raw file, its components, and what is wrong with them.

    Raises ``Refused`` for what is no form at all: too big, not JSON, without components.
    """
    if len(data) > MOST_BYTES:
        raise Refused('{name}太大：{size}字节，最多{most}字节。', name=name, size=len(data), most=MOST_BYTES)
    try:
        raw = orjson.loads(data.removeprefix(b'\xef\xbb\xbf'))
    except orjson.JSONDecodeError as error:
        raise Refused('{name}第{line}行不是合格的JSON，请用表单编辑器重新保存。', name=name, line=error.lineno) from None
    if not isinstance(raw, dict) or not isinstance(raw.get('components'), list) or raw.get('type', 'default') != 'default':
        raise Refused('{name}不是表单文件：要有 "type": "default" 和 "components"。', name=name)
    if not isinstance(raw.get('id'), str) or not raw['id']:
        raise Refused('{name}没有编号，请写上 "id"，和文件名相同。', name=name)
    reader = _Reader()
    fields = reader.fields(raw['components'], depth=0, in_list=False)
    reader.whole(fields)
    return raw, fields, reader.problems


class _Reader:
    """Reads components one by one and notes what is wrong, so that one bad component does not hide the next."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.count = 0

    def fault(self, code: str, where: str | None, zh: str, en: str, severity: str = 'refuse') -> None:
        self.problems.append(Problem(code, severity, where, zh, en))

    def fields(self, raws: list[Any], depth: int, in_list: bool) -> tuple[Field, ...]:
        return tuple(self._fields(raws, depth, in_list))

    def _fields(self, raws: list[Any], depth: int, in_list: bool) -> Iterator[Field]:
        if depth > MOST_NESTED:
            self.fault('form.nested', None, f'组件套得太深，最多{MOST_NESTED}层。', 'Components are nested too deeply.')
            return
        for raw in raws:
            self.count += 1
            if self.count > MOST_COMPONENTS:
                if self.count == MOST_COMPONENTS + 1:
                    self.fault('form.size', None, f'组件太多，最多{MOST_COMPONENTS}个。', 'Too many components.')
                return
            if not isinstance(raw, dict):
                self.fault('form.component', None, '有一个组件不是对象，请用表单编辑器重新保存。', 'A component is no object.')
            elif (one := self.field(raw, depth, in_list)) is not None:
                yield one

    def field(self, raw: dict[str, Any], depth: int, in_list: bool) -> Field | None:
        kind, where = raw.get('type'), str(raw.get('id') or raw.get('key') or '')
        if not raw.get('id'):
            self.fault('form.id', where or None, f'组件“{self._named(raw)}”没有id，请写上。', 'A component has no id.')
        if kind not in KINDS and kind != 'datetime':
            self.fault('form.type', where, f'组件“{self._named(raw)}”的类型{kind}不支持，请换成文本、数字、日期、选择等。',
                       f'Component type {kind} is not supported.')
            return None
        if kind == 'datetime':
            kind = raw.get('subtype', 'date')
            if kind not in MOMENT:
                self.fault('form.type', where, f'“{self._named(raw)}”的日期类型{kind}不认识，请用date、time或datetime。',
                           f'Unknown datetime subtype {kind}.')
                return None
        if kind == 'dynamiclist' and in_list:
            self.fault('form.nested', where, f'动态列表“{self._named(raw)}”放在另一个列表里，请移到外面。',
                       'A dynamic list stands in another one.')
            return None
        return self._one(kind, raw, where, depth, in_list)

    def _one(self, kind: str, raw: dict[str, Any], where: str, depth: int, in_list: bool) -> Field:
        checks = self._table(raw, 'validate', where)
        rules = self._rules(raw, where)
        live = lambda value, what: self._live(value, where, what)  # noqa: E731
        shown = raw.get('label') or raw.get('dateLabel') or raw.get('timeLabel') or ''
        look = self._table(raw, 'appearance', where)
        conditional = self._table(raw, 'conditional', where)
        read = Field(
            kind=kind, id=where, key=self._key(kind, raw, where), label=live(shown, '标签'),
            hint=live(raw.get('description'), '说明'), lines=self._lines(raw, rules, where),
            hide=live(conditional.get('hide'), '隐藏条件'),
            locked=Live('=True', where) if raw.get('disabled') is True or raw.get('readonly') is True
            else live(raw.get('readonly'), '只读条件') if is_live(raw.get('readonly')) else None,
            required=checks.get('required') is True,
            minimum=live(checks.get('min'), '最小值'), maximum=live(checks.get('max'), '最大值'),
            shortest=live(checks.get('minLength'), '最少字数'), longest=live(checks.get('maxLength'), '最多字数'),
            digits=raw.get('decimalDigits') if isinstance(raw.get('decimalDigits'), int) else None,
            pattern=str(checks.get('pattern') or ''), pattern_message=str(checks.get('patternErrorMessage') or ''),
            format=str(checks.get('validationType') or ''), not_past=raw.get('disallowPassedDates') is True,
            default=live(raw['defaultValue'], '默认值') if is_live(raw.get('defaultValue')) else raw.get('defaultValue'),
            options=self._options(raw, where) if kind in CHOICE else (),
            source=self._source(kind, raw, where), columns=self._columns(kind, raw, where),
            prefix=str(look.get('prefixAdorner') or ''), suffix=str(look.get('suffixAdorner') or ''),
            height=int(rules['rows']) if rules.get('rows', '').isdigit() else 4,
            children=self.fields(raw.get('components') or [], depth + 1, in_list or kind == 'dynamiclist')
            if kind in ('group', 'dynamiclist') else (),
            refuse_if=live(rules.get('refuseIf'), '拒绝条件'),
            refuse_message=live(rules.get('refuseMessage'), '拒绝的说明'), rules=rules)
        self._judge(read, raw)
        return read

    @staticmethod
    def _named(raw: dict[str, Any]) -> str:
        return str(raw.get('label') or raw.get('dateLabel') or raw.get('key') or raw.get('id') or raw.get('type'))

    def _table(self, raw: dict[str, Any], name: str, where: str) -> dict[str, Any]:
        value = raw.get(name) or {}
        if isinstance(value, dict):
            return value
        self.fault('form.component', where, f'“{self._named(raw)}”的{name}写得不对，要是一组键和值。', f'{name} is no object.')
        return {}

    def _rules(self, raw: dict[str, Any], where: str) -> dict[str, str]:
        return {str(name): 'true' if value is True else 'false' if value is False else str(value)
                for name, value in self._table(raw, 'properties', where).items()}

    def _live(self, value: Any, where: str, what: str) -> Live | None:
        if value is None or value == '':
            return None
        try:
            return Live(str(value), where)
        except ExpressionError as error:
            self.fault('form.expression', where, f'组件{where}的{what}“{value}”算不出来：{error}',
                       f'{where}: the expression {value} does not compile.')
            return None

    def _lines(self, raw: dict[str, Any], rules: Mapping[str, str], where: str) -> tuple[Live, ...]:
        # Facts are cut into lines before the values are put in: a value's own line breaks must not make new facts.
        text = str(raw.get('text') or '')
        lines = text.split('\n') if rules.get('render') == 'facts' else [text]
        return tuple(filter(None, (self._live(line, where, '文字') for line in lines)))

    def _key(self, kind: str, raw: dict[str, Any], where: str) -> str:
        if kind == 'group' and raw.get('path'):
            self.fault('form.path', where, f'分组“{self._named(raw)}”的路径要留空：答案按名字存放，不分层。', 'A group must have no path.')
        if kind not in HOLDS:
            return ''
        key = raw.get('key') or (raw.get('path') if kind == 'dynamiclist' else None)
        if not isinstance(key, str) or not _NAME.fullmatch(key) or key in TAKEN:
            self.fault('form.key', where, f'“{self._named(raw)}”的键“{key or ""}”不能用：要以字母或汉字开头，只含字母、数字、汉字和下划线，'
                       f'不超过60个字，也不能是{"、".join(sorted(TAKEN))}。', f'{where}: the key {key!r} is not a usable name.')
            return ''
        return key

    def _options(self, raw: dict[str, Any], where: str) -> tuple[Option, ...]:
        found = []
        for one in raw.get('values') or []:
            if not isinstance(one, dict) or not isinstance(one.get('value'), (str, int, float, bool)) or one['value'] == '':
                self.fault('form.option', where, f'“{self._named(raw)}”有一个选项没有值。', f'{where}: an option has no value.')
                continue
            found.append(Option(one['value'], str(one.get('label') or one['value']), str(one.get('description') or '')))
        for text, times in Counter(option.text for option in found).items():
            if times > 1:
                self.fault('form.option', where, f'“{self._named(raw)}”有{times}个选项的值都是“{text}”，请改成不同的。',
                           f'{where}: option {text} stands twice.')
        return tuple(found)

    def _source(self, kind: str, raw: dict[str, Any], where: str) -> Live | None:
        if kind == 'table':
            value = raw.get('dataSource')
            return self._live(value if is_live(value) or not value else f'={value}', where, '数据来源')
        if kind == 'expression':
            value = raw.get('expression')
            return self._live(value if is_live(value) or not value else f'={value}', where, '表达式')
        return self._live(raw.get('valuesExpression'), where, '选项来源') if kind in CHOICE else None

    def _columns(self, kind: str, raw: dict[str, Any], where: str) -> tuple[tuple[str, str], ...]:
        if kind != 'table':
            return ()
        columns = [(str(column['key']), str(column.get('label') or column['key']))
                   for column in raw.get('columns') or [] if isinstance(column, dict) and column.get('key')]
        if not columns:
            self.fault('form.columns', where, f'表格“{self._named(raw)}”没有写列，请写上每列的键和标题。', f'{where}: the table has no columns.')
        return tuple(columns)

    def _judge(self, one: Field, raw: dict[str, Any]) -> None:
        """What can be said of one component by itself."""
        label, where = self._named(raw), one.id
        if one.kind in ASKED and one.label is None:
            self.fault('form.label', where, f'“{one.key or where}”没有标签，填表的人不知道要填什么，请写上。', f'{where} has no label.')
        if one.kind in CHOICE and not one.options and one.source is None and not one.rules.get('options'):
            self.fault('form.options', where, f'“{label}”没有选项，请至少写两个。', f'{where} has no options.')
        if one.kind == 'expression' and one.source is None and raw.get('expression') in (None, ''):
            self.fault('form.expression', where, f'“{one.key or where}”没有写表达式。', f'{where} has no expression.')
        if one.kind == 'table' and raw.get('dataSource') in (None, ''):
            self.fault('form.source', where, f'表格“{label}”没有写数据来源。', f'{where} has no data source.')
        if one.kind in ('group', 'dynamiclist') and not one.children:
            self.fault('form.empty', where, f'“{label}”里没有组件。', f'{where} is empty.')
        if one.kind == 'button' and raw.get('action', 'submit') != 'submit':
            self.fault('form.button', where, f'按钮“{label}”不起作用：表单只有提交和保存草稿，请删去。', f'{where}: only submit works.', 'warn')
        if one.pattern:
            try:
                compiled(one.pattern)
            except ValueError as error:
                self.fault('form.pattern', where, f'“{label}”的格式规则{error}。', f'{where}: the pattern is wrong or too slow.')
        if one.format not in ('', 'email', 'phone'):
            self.fault('form.format', where, f'“{label}”的格式{one.format}不认识，只有email和phone。', f'{where}: unknown format {one.format}.')
        if (render := one.rules.get('render')) and render not in RENDERED.get(one.kind, ()):
            self.fault('form.render', where, f'“{label}”不能画成{render}。', f'{where}: cannot be rendered as {render}.')
        self._limits(one, label)

    def _limits(self, one: Field, label: str) -> None:
        bounds = []
        for limit in (one.shortest, one.longest, one.minimum, one.maximum):
            source = limit.source if limit and not is_live(limit.source) else None
            number = re.fullmatch(r'-?\d+(\.\d+)?', source or '')
            right = source is None or (_DAY.match(source) if one.kind in MOMENT else number)
            if not right:
                self.fault('form.limit', one.id, f'“{label}”的限制“{source}”不对，要写{"日期" if one.kind in MOMENT else "数字"}或以=开头的表达式。',
                           f'{one.id}: the limit {source} is wrong.')
            bounds.append(float(source) if source and number else None)
        shortest, longest, low, high = bounds
        most = longest if longest is not None else LONGEST.get(one.kind)
        if (low is not None and high is not None and low > high) or (shortest is not None and most is not None and shortest > most):
            self.fault('form.limit', one.id, f'“{label}”的最小值比最大值大，谁也填不对。', f'{one.id}: the minimum exceeds the maximum.')
        if one.kind in TEXT and longest is not None and longest > MOST_STATED:
            self.fault('form.limit', one.id, f'“{label}”最多{MOST_STATED}个字，现在写的是{longest:.0f}。', f'{one.id}: the limit is too high.')
        for name in ('min', 'max') if one.kind == 'dynamiclist' else ():
            if not one.rules.get(name, '0').isdigit():
                self.fault('form.limit', one.id, f'“{label}”的行数{name}要写整数。', f'{one.id}: {name} must be a whole number.')

    def whole(self, fields: tuple[Field, ...]) -> None:
        """What can be said only of all components together."""
        everything = [one for top in fields for one in top.walk()]
        self._twice(one.id for one in everything if one.id)
        self._keys(fields)
        keys = {one.key: one for one in everything if one.key}
        for one in everything:
            for rule in ('needs', 'differs'):
                other = one.rules.get(rule)
                if other and other not in keys and rule == 'needs':
                    self.fault('form.reference', one.id, f'组件{one.id}的{rule}写的“{other}”不在这张表里。', f'{one.id}: {rule} names {other}.')
                elif other and rule == 'needs' and keys[other].kind not in TEXT:
                    self.fault('form.reference', one.id, f'组件{one.id}的needs要指向一个文本框。', f'{one.id}: needs must name a text field.')
            known = {option.text for option in one.options}
            if known and one.refused - known:
                self.fault('form.reference', one.id, f'组件{one.id}的refuse写的“{"、".join(sorted(one.refused - known))}”不是它的选项。',
                           f'{one.id}: refuse names no option.')
        if sum(one.acts for one in everything) > 1:
            self.fault('form.render', None, '一张表只能有一组动作按钮（render: actions）。', 'Only one field can be drawn as actions.')

    def _twice(self, ids: Iterator[str]) -> None:
        for name, times in Counter(ids).items():
            if times > 1:
                self.fault('form.duplicate', name, f'有{times}个组件的id都是{name}，请改成不同的。', f'The id {name} is used {times} times.')

    def _keys(self, fields: tuple[Field, ...]) -> None:
        """Each key once: in the form, and in each row of a list."""
        level, stack = [], list(fields)
        while stack:
            one = stack.pop(0)
            stack[:0] = one.children if one.kind == 'group' else ()
            if one.kind == 'dynamiclist':
                self._keys(one.children)
            if one.key:
                level.append(one)
        for key, times in Counter(one.key for one in level).items():
            if times > 1:
                ids = '、'.join(one.id for one in level if one.key == key)
                self.fault('form.duplicate', next(one.id for one in level if one.key == key),
                           f'有{times}个组件的键都是“{key}”（{ids}），后一个会盖掉前一个，请改成不同的。', f'The key {key} is used {times} times.')
