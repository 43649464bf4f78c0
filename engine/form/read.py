"""From the bytes of a .form file to its fields, one component at a time."""
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from engine.errors import Refused, said
from engine.expression import ExpressionError
from engine.form.field import ASKED, CHOICE, HOLDS, MOMENT, Field, Option
from engine.form.problem import Problem, problem
from engine.form.text import Live, is_live

MOST_BYTES = 500_000
MOST_COMPONENTS = 300
MOST_NESTED = 4

KINDS = (ASKED - MOMENT) | {'expression', 'filepicker', 'text', 'group', 'table', 'separator', 'spacer', 'button'}
# Ids of the page around the form, and names that the page posts itself.
TAKEN = frozenset({'main', 'es', 'draft', 'csrf_token'})
_NAME = re.compile(r'[^\W\d_]\w{0,59}')


def read(data: bytes, name: str) -> Mapping[str, Any]:
    """The JSON of a form. Raises ``Refused`` for what is none: too big, not JSON, no id, no components."""
    if len(data) > MOST_BYTES:
        raise Refused('{name}太大：{size}字节，最多{most}字节。', name=name, size=len(data), most=MOST_BYTES)
    try:
        raw = orjson.loads(data.removeprefix(b'\xef\xbb\xbf'))
    except orjson.JSONDecodeError as error:
        raise Refused('{name}第{line}行不是合格的JSON，请用表单编辑器重新保存。', name=name, line=error.lineno) from None
    whole = isinstance(raw, dict) and raw.get('type', 'default') == 'default'
    if not whole or not isinstance(raw.get('components'), list):
        raise Refused('{name}不是表单文件：要有 "type": "default" 和 "components"。', name=name)
    if not isinstance(raw.get('id'), str) or not raw['id']:
        raise Refused('{name}没有编号，请写上 "id"，和文件名相同。', name=name)
    return raw


class Reader:
    """Reads components and notes what is wrong, so that one bad component does not hide the next."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.count = 0

    def fields(self, raws: Any, depth: int = 0, in_list: bool = False) -> tuple[Field, ...]:
        """The components of one level, those that can be read."""
        if not isinstance(raws, list):
            self._note('form.component', None, label=said('表单'), what='components')
            return ()
        found = (self._field(raw, depth, in_list) for raw in raws if self._room())
        return tuple(one for one in found if one is not None)

    def live(self, value: Any, where: str, label: str, what: str) -> Live | None:
        """A text that may be computed; None for an empty one or one that does not compile."""
        if value is None or value == '':
            return None
        try:
            return Live(str(value), where)
        except ExpressionError as error:
            self._note('form.expression', where, label=label, what=said('{what}“{value}”', what=what, value=str(value)),
                       cause=error.said)
            return None

    def _note(self, code: str, where: str | None, **values: object) -> None:
        self.problems.append(problem(code, where, **values))

    def _room(self) -> bool:
        self.count += 1
        if self.count == MOST_COMPONENTS + 1:
            self._note('form.size', None, most=MOST_COMPONENTS)
        return self.count <= MOST_COMPONENTS

    def _field(self, raw: Any, depth: int, in_list: bool) -> Field | None:
        if not isinstance(raw, dict):
            self._note('form.component', None, label=said('表单'), what=said('一个组件'))
            return None
        label, where = _named(raw), str(raw.get('id') or raw.get('key') or '')
        if not raw.get('id'):
            self._note('form.id', where or None, label=label)
        kind = raw.get('subtype', 'date') if raw.get('type') == 'datetime' else raw.get('type')
        if not isinstance(kind, str) or kind not in (MOMENT if raw.get('type') == 'datetime' else KINDS):
            self._note('form.type', where, label=label, what=kind)
            return None
        if depth > MOST_NESTED or (kind in ('dynamiclist', 'filepicker') and in_list):
            self._note('form.nested', where, label=label)
            return None
        return _Component(self, raw, kind, where, label).read(depth, in_list)


def _named(raw: Mapping[str, Any]) -> str:
    said = map(raw.get, ('label', 'dateLabel', 'timeLabel', 'key', 'path', 'id', 'type'))
    return str(next(filter(None, said), '？'))


class _Component:
    """One component while it is read."""

    def __init__(self, reader: Reader, raw: dict[str, Any], kind: str, where: str, label: str) -> None:
        self.reader, self.raw, self.kind, self.where, self.label = reader, raw, kind, where, label

    def read(self, depth: int, in_list: bool) -> Field:
        """The field, with what stands in it."""
        raw, live = self.raw, self._live
        look, rules, default = self._table('appearance'), self._rules(), raw.get('defaultValue')
        nested = raw.get('components') or [] if self.kind in ('group', 'dynamiclist') else []
        if self.kind == 'button' and raw.get('action', 'submit') != 'submit':
            self._note('form.button')
        if self.kind == 'filepicker' and self._table('validate').get('required') is True:
            self._note('form.file')
        return Field(
            kind=self.kind, id=self.where, key=self._key(), rules=rules, **self._checks(), **self._choices(),
            label=live(raw.get('label') or raw.get('dateLabel') or raw.get('timeLabel'), said('标签')),
            hint=live(raw.get('description'), said('说明')), lines=self._lines(rules),
            hide=live(self._table('conditional').get('hide'), said('隐藏条件')), locked=self._locked(),
            default=live(default, said('默认值')) if is_live(default) else default,
            prefix=str(look.get('prefixAdorner') or ''), suffix=str(look.get('suffixAdorner') or ''),
            height=int(rules['rows']) if rules.get('rows', '').isdigit() else 4,
            refuse_if=live(rules.get('refuseIf'), said('拒绝条件')),
            refuse_message=live(rules.get('refuseMessage'), said('拒绝的说明')),
            children=self.reader.fields(nested, depth + 1, in_list or self.kind == 'dynamiclist'))

    def _note(self, code: str, **values: object) -> None:
        self.reader.problems.append(problem(code, self.where, label=self.label, **values))

    def _live(self, value: Any, what: str) -> Live | None:
        return self.reader.live(value, self.where, self.label, what)

    def _table(self, name: str) -> dict[str, Any]:
        value = self.raw.get(name) or {}
        if isinstance(value, dict):
            return value
        self._note('form.component', what=name)
        return {}

    def _rules(self) -> dict[str, str]:
        return {name: {True: 'true', False: 'false'}[value] if isinstance(value, bool) else str(value)
                for name, value in self._table('properties').items()}

    def _checks(self) -> dict[str, Any]:
        checks, digits = self._table('validate'), self.raw.get('decimalDigits')
        return {
            'required': checks.get('required') is True,
            'not_past': self.raw.get('disallowPassedDates') is True,
            'minimum': self._live(checks.get('min'), said('最小值')),
            'maximum': self._live(checks.get('max'), said('最大值')),
            'shortest': self._live(checks.get('minLength'), said('最少字数')),
            'longest': self._live(checks.get('maxLength'), said('最多字数')),
            'digits': digits if isinstance(digits, int) and not isinstance(digits, bool) else None,
            'pattern': str(checks.get('pattern') or ''),
            'pattern_message': str(checks.get('patternErrorMessage') or ''),
            'format': str(checks.get('validationType') or '')}

    def _locked(self) -> Live | None:
        readonly = self.raw.get('readonly')
        if self.raw.get('disabled') is True or readonly is True:
            return Live('=true', self.where)
        return self._live(readonly, said('只读条件')) if is_live(readonly) else None

    def _lines(self, rules: Mapping[str, str]) -> tuple[Live, ...]:
        # Facts are cut into lines before values are put in: a value's own line breaks make no new facts.
        text = str(self.raw.get('text') or '')
        lines = text.split('\n') if rules.get('render') == 'facts' else [text]
        return tuple(filter(None, (self._live(line, said('文字')) for line in lines)))

    def _key(self) -> str:
        if self.kind == 'group' and self.raw.get('path'):
            self._note('form.path')
        if self.kind not in HOLDS:
            return ''
        key = self.raw.get('key') or (self.raw.get('path') if self.kind == 'dynamiclist' else None)
        if isinstance(key, str) and _NAME.fullmatch(key) and key not in TAKEN:
            return key
        taken = isinstance(key, str) and key in TAKEN
        self._note('form.key', what=key or '', why=said('这个名字系统自己要用，请换一个') if taken
                   else said('要以字母或汉字开头，只含字母、数字、汉字和下划线，不超过60个字'))
        return ''

    def _choices(self) -> dict[str, Any]:
        """What the field chooses from, or shows."""
        raw = self.raw
        if self.kind in CHOICE:
            source = self._live(raw.get('valuesExpression'), said('选项来源'))
            return {'options': tuple(self._options()), 'source': source}
        if self.kind == 'table':
            written = raw.get('columns')
            given = [one for one in written if isinstance(one, dict) and one.get('key')] if isinstance(written, list) else []
            columns = tuple((str(one['key']), str(one.get('label') or one['key'])) for one in given)
            return {'columns': columns, 'source': self._computed('dataSource', said('数据来源'))}
        return {'source': self._computed('expression', said('表达式'))} if self.kind == 'expression' else {}

    def _computed(self, name: str, what: str) -> Live | None:
        value = self.raw.get(name)
        if value in (None, ''):
            self._note('form.source', what=what)
            return None
        return self._live(value if is_live(value) else f'={value}', what)

    def _options(self) -> Iterator[Option]:
        values = self.raw.get('values') or []
        for one in values if isinstance(values, list) else []:
            value = one.get('value') if isinstance(one, dict) else None
            if isinstance(value, (str, int, float, bool)) and value != '':
                yield Option(value, str(one.get('label') or value), str(one.get('description') or ''))
            else:
                self._note('form.option', what=said('有一个没有值'))
