"""What can be wrong with a form file, and how it is said."""
from typing import NamedTuple

from engine.errors import said

REFUSE, WARN = 'refuse', 'warn'


class Problem(NamedTuple):
    """One thing wrong: a code, ``refuse`` or ``warn``, the component's id as written, and what to say."""

    code: str
    severity: str
    component: str | None
    zh: str
    en: str


SENTENCES = {
    'form.component': ('“{label}”的{what}写得不对，请用表单编辑器重新保存。', '{label}: {what} is not as form-js writes it.'),
    'form.size': ('组件太多，最多{most}个。', 'Too many components, at most {most}.'),
    'form.nested': ('“{label}”套得太深，请移到外面一层。', '{label} is nested too deeply.'),
    'form.id': ('组件“{label}”没有id，请写上。', 'Component {label} has no id.'),
    'form.type': ('“{label}”的类型{what}不支持，请换成文本、数字、日期、选择等。', '{label}: type {what} is not supported.'),
    'form.path': ('分组“{label}”的路径要留空：答案按名字存放，不分层。', 'Group {label} must have no path.'),
    'form.key': ('“{label}”的键“{what}”不能用：{why}。', '{label}: the key {what} is no usable name.'),
    'form.duplicate': ('有{times}个组件的{what}，后一个会盖掉前一个，请改成不同的。', '{times} components have {what}.'),
    'form.label': ('“{label}”没有标签，填表的人不知道要填什么，请写上。', '{label} has no label.'),
    'form.options': ('“{label}”没有选项，请至少写两个。', '{label} has no options.'),
    'form.option': ('“{label}”的选项不对：{what}。', '{label}: wrong option: {what}.'),
    'form.expression': ('“{label}”的{what}算不出来：{cause}', '{label}: {what} does not compile: {cause}'),
    'form.source': ('“{label}”没有写{what}。', '{label} has no {what}.'),
    'form.empty': ('“{label}”里没有组件。', '{label} is empty.'),
    'form.button': ('按钮“{label}”不起作用：表单只有提交和保存草稿，请删去。', 'Button {label} does nothing.'),
    'form.pattern': ('“{label}”的格式规则{cause}。', '{label}: the pattern is wrong or too slow: {cause}.'),
    'form.format': ('“{label}”的格式{what}不认识，只有email和phone。', '{label}: unknown format {what}.'),
    'form.render': ('“{label}”不能画成{what}。', '{label} cannot be rendered as {what}.'),
    'form.shows': ('“{label}”的shows不能写{what}：只有清单可以写milestones，里程碑页就照它画。',
                   '{label} cannot show {what}; only a list can show milestones.'),
    'form.actions': ('一张表只能有一组动作按钮（render: actions）。', 'Only one field can be rendered as actions.'),
    'form.file': ('“{label}”是附件，只能选填，请去掉“必填”。', '{label}: nobody has to attach a file.'),
    'form.limit': ('“{label}”的限制不对：{what}。', '{label}: wrong limit: {what}.'),
    'form.reference': ('“{label}”的{what}。', '{label}: wrong reference: {what}.'),
}
WARNINGS = frozenset({'form.button'})


def problem(code: str, component: str | None, **values: object) -> Problem:
    """The problem with its two sentences."""
    zh, en = SENTENCES[code]
    return Problem(code, WARN if code in WARNINGS else REFUSE, component, zh.format(**values), said(en, **values))
