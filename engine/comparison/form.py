"""A form-js form as things that can be compared: the form itself and its fields, property by property."""
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import orjson

from engine.comparison import words
from engine.comparison.thing import Thing, Value
from engine.errors import Refused

FORM = '表单'
_LONGEST = 24               # characters of a title that names a field
_LOOK = frozenset({'layout'})
_HELD = frozenset({'components'})
_LABELS = {
    'id': 'id', 'key': '字段', 'path': '字段', 'type': '种类', 'subtype': '日期还是时间', 'label': '标题', 'dateLabel': '日期的标题',
    'timeLabel': '时间的标题', 'description': '提示', 'defaultValue': '预先填好', 'values': '选项', 'valuesKey': '选项取自',
    'valuesExpression': '选项取自', 'value': '值', 'text': '文字', 'content': '内容', 'readonly': '只读', 'disabled': '停用',
    'required': '必填', 'minLength': '最少几个字', 'maxLength': '最多几个字', 'min': '最小', 'max': '最大', 'pattern': '写法',
    'patternErrorMessage': '写法不对时说', 'validationType': '校验', 'minDate': '最早哪天', 'hide': '什么时候不显示',
    'prefixAdorner': '前面写', 'suffixAdorner': '后面写', 'searchable': '可以搜索', 'decimalDigits': '几位小数',
    'increment': '每次加多少', 'serializeToString': '存成文字', 'use24h': '24小时制', 'disallowPassedDates': '不许选过去的日子',
    'timeInterval': '时间间隔', 'timeSerializingFormat': '时间的写法', 'computeOn': '什么时候算', 'expression': '表达式',
    'showOutline': '画边框', 'verticalAlignment': '对齐', 'isRepeating': '可以多行', 'allowAddRemove': '可以增减行',
    'defaultRepetitions': '预先几行', 'nonCollapsedItems': '不折叠几行', 'disableCollapse': '不折叠', 'action': '按下去做什么',
    'columns': '各列', 'columnsExpression': '各列取自', 'dataSource': '内容取自', 'rowCount': '一页几行', 'source': '取自',
    'alt': '图的说明', 'url': '地址', 'title': '标题', 'height': '高', 'multiple': '可以多个', 'accept': '收哪些文件',
    'schemaVersion': '写法版本', 'exporter': '保存的工具', 'name': '名称', 'version': '版本', 'executionPlatform': '执行平台',
    'executionPlatformVersion': '平台版本', 'row': '行', 'persist': '保存答案', 'verb': '按钮上的字', 'then': '提交以后',
    'layout': '版式', 'question': '页面的问句', 'render': '怎么显示', 'prefill': '带出上次的', 'refuse': '哪些是拒绝', 'needs': '拒绝时要写',
    'as': '存成', 'options': '选项取自', 'differs': '不能和它相同', 'differsMessage': '相同时说', 'rows': '几行高',
    'shows': '表示', 'refuseIf': '什么时候拒绝', 'refuseMessage': '拒绝时说'}
_TRANSPARENT = frozenset({'validate', 'conditional', 'appearance', 'properties'})
_KINDS = {
    'textfield': '单行文字', 'textarea': '多行文字', 'number': '数', 'datetime': '日期时间', 'select': '下拉选一项',
    'radio': '选一项', 'checkbox': '勾选', 'checklist': '勾选几项', 'taglist': '下拉选几项', 'filepicker': '文件', 'group': '一组',
    'dynamiclist': '几行', 'table': '表格', 'text': '文字', 'html': '文字', 'button': '按钮', 'expression': '算出来的值',
    'spacer': '空白', 'separator': '分隔线', 'image': '图', 'iframe': '网页', 'default': FORM, 'documentPreview': '文件预览'}


def parse(content: bytes) -> dict[str, Any]:
    """A form file as it is written.

    :raises Refused: it is none.
    """
    try:
        form = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Refused('表单文件第{line}行看不懂。', line=error.lineno) from None
    if not isinstance(form, dict):
        raise Refused('表单文件里没有表单。')
    return form


def idents(form: Mapping[str, Any]) -> set[str]:
    """The ids of its fields."""
    return {str(field['id']) for _place, _rank, field in _fields(form) if field.get('id')}


def things(form: Mapping[str, Any], known: Collection[str]) -> dict[str, Thing]:
    """The form and its fields, in their order: by id where the other file knows the id (``known``), else by key."""
    found = {'': Thing('', FORM, _values(form))}
    keys, taken = {id(form): ''}, Counter()
    for place, rank, field in _fields(form):
        ident = str(field.get('id') or '')
        name = field.get('key') or field.get('path') or _title(field)
        key = ident if ident in known else f'{field.get("type")} {name}'
        taken[key] += 1
        keys[id(field)] = key if taken[key] == 1 else f'{key}#{taken[key]}'
        look = orjson.dumps([field.get(part) for part in sorted(_LOOK)], option=orjson.OPT_SORT_KEYS)
        inside = Value('所在', keys[id(place)], FORM if place is form else _told(place))
        found[keys[id(field)]] = Thing(ident or str(field.get('key') or ''), _told(field),
                                       _values(field) | {'..': inside}, look, keys[id(place)], rank)
    return found


def _fields(holder: Mapping[str, Any]) -> Iterator[tuple[Mapping, int, Mapping[str, Any]]]:
    components = holder.get('components')
    for rank, field in enumerate(components if isinstance(components, list) else ()):
        if isinstance(field, dict):
            yield holder, rank, field
            yield from _fields(field)


def _told(field: Mapping[str, Any]) -> str:
    """办结报告（report）, or the kind where there is no title."""
    kind, title = _kind(field.get('type')), _title(field)
    key = field.get('key') or field.get('path') or field.get('id') or ''
    return (f'{kind}“{title}”' if title else kind) + (f'（{key}）' if key else '')


def _title(field: Mapping[str, Any]) -> str:
    title = next((field[name] for name in ('label', 'dateLabel', 'timeLabel', 'text') if field.get(name)), '')
    first = next(iter(str(title).strip().splitlines()), '')
    return first if len(first) <= _LONGEST else f'{first[:_LONGEST]}…'


def _values(field: Mapping[str, Any]) -> dict[str, Value]:
    return {'/'.join(path): _value(path, raw) for path, raw in _leaves(field, ()) if path != ('id',)}


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every plain value by its path; choices by what they stand for."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if path or name not in _LOOK | _HELD:
                yield from _leaves(inner, (*path, name))
    elif isinstance(value, list):
        for step, inner in _steps(value):
            yield from _leaves(inner, (*path[:-1], f'{path[-1]}[{step}]'))
    elif value is not None:
        yield path, value


def _steps(values: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    taken: set[str] = set()
    for number, one in enumerate(values, 1):
        step = _said(one.get('value', one.get('key', number))) if isinstance(one, dict) else str(number)
        while step in taken:
            step = f'{step}#'
        taken.add(step)
        yield step, {name: inner for name, inner in one.items() if name != 'value'} if isinstance(one, dict) else one


def _value(path: tuple[str, ...], raw: Any) -> Value:
    told = [_word(step) for step in path if step not in _TRANSPARENT]
    said = _kind(raw) if path == ('type',) else _said(raw)
    return Value('·'.join(told), f'{type(raw).__name__} {raw}', said or words.EMPTY, raw is False or raw == '')


def _said(value: Any) -> str:
    return {True: '是', False: '否'}[value] if isinstance(value, bool) else str(value)


def _kind(name: Any) -> str:
    return _KINDS.get(str(name), str(name))


def _word(step: str) -> str:
    base, _, rest = step.partition('[')
    said = _LABELS.get(base, f'“{base}”')
    return f'{said}“{rest.removesuffix("]")}”' if rest else said
