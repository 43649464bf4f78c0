"""Forms made of a few components, and what is asked of them, for the tests of forms."""
from typing import Any

import orjson
import pytest
from hypothesis import strategies as st

from engine import form
from engine.errors import Invalid

NOW = '2020-09-27T09:10:00+08:00'
UNITS = [('fgw', '省发展改革委'), ('czj', '省财政厅'), {'value': 'sft', 'label': '省司法厅', 'description': '合法性审核'}]
FUNCTIONS: dict[str, Any] = {'now': lambda: NOW, 'today': lambda: NOW[:10],
                             'next_day': lambda day: day and day[:-2] + '30',
                             'options': lambda name: {'units': UNITS}[name]}


def made(*components: dict[str, Any], **properties: str) -> form.Form:
    """A form of these components; ids are given where they are missing."""
    numbered = [{'id': f'c{place}', **component} for place, component in enumerate(components)]
    raw = {'type': 'default', 'id': 'test', 'schemaVersion': 18, 'components': numbered,
           'properties': properties}
    return form.parse(orjson.dumps(raw), 'test.form')


def sound(*components: dict[str, Any], **properties: str) -> form.Form:
    one = made(*components, **properties)
    assert form.problems(one) == []
    return one


def ask(type_: str, key: str = 'it', label: str = '它', **more: Any) -> dict[str, Any]:
    return {'type': type_, 'key': key, 'label': label, **more}


def check(one: form.Form, submitted: Any, scope: dict | None = None) -> dict[str, Any]:
    return one.check(submitted, scope or {}, FUNCTIONS)


def refused(one: form.Form, submitted: Any, scope: dict | None = None) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        check(one, submitted, scope)
    return caught.value.fields


def drawn(one: form.Form, values: dict | None = None, scope: dict | None = None,
          errors: dict | None = None) -> dict[str, form.Drawn]:
    """Everything on the page, by key (or id)."""
    tops = one.fields_for(values, scope or {}, FUNCTIONS, errors)
    return {each.key or each.id: each for top in tops for each in top.walk()}


CHOICES = {'values': [{'label': '顺利', 'value': 'smooth'}, {'label': '受阻', 'value': 'blocked'}]}
ASK_STATUS = ask('radio', 'status', '进展', **CHOICES, validate={'required': True})
ASK_REASON = ask('textarea', 'reason', '延期理由', validate={'required': True, 'minLength': 4},
                 conditional={'hide': '=status != "blocked"'})
ROWS = ask('dynamiclist', 'items', '清单', properties={'min': '1', 'max': '3'}, components=[
    ask('textfield', 'task', '任务', id='r1', validate={'required': True}),
    ask('checkbox', 'late', '迟', id='r2'),
    ask('textfield', 'why', '原因', id='r3', validate={'required': True}, conditional={'hide': '=not late'}),
    {'type': 'group', 'id': 'r4',
     'components': [ask('number', 'share', '占比', id='r5', validate={'max': 100})]}])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2 ** 60, 2 ** 60) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6)
