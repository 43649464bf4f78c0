"""The grammar of stories: one table of lines, from which they are read, judged, completed and documented."""
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from engine.errors import Said, said


class Part(NamedTuple):
    """A place in a line: what a reader calls it, and what may stand there."""

    word: str
    pattern: str


PARTS = {
    'title': Part('题目', r'\S.*'), 'rules': Part('规则编号…', r'\S.*'), 'government': Part('政府代码', r'[\w-]+'),
    'moment': Part('日期 [时刻]', r'\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?'),
    'day': Part('日期', r'\d{4}-\d\d-\d\d'), 'days': Part('几', r'\d{1,4}'), 'post': Part('单位/岗位', r'[\w-]+/\w+'),
    'step': Part('环节', r'[\w.-]+'), 'process': Part('流程编号', r'[\w.-]+'), 'attempt': Part('环节、流程、立项或撤销', r'[\w.-]+'),
    'event': Part('定时器', r'[\w.-]+'), 'timer': Part('流程.定时器', r'[\w.-]+'), 'message': Part('消息名称', r'\S.*'),
    'parameter': Part('参数名', r'\w+'), 'fact': Part('事实或变量', r'\w+'), 'value': Part('值', r'\S.*?'),
    'name': Part('名字', r'\w+'), 'own': Part('值', r'\S+'), 'reason': Part('理由', r'\S.*'), 'work': Part('休｜班', '休|班'),
    'words': Part('拒绝的话里有的词…', r'\S.*'), 'word': Part('提醒里有的词', r'\S+'), 'times': Part('几', r'\d{1,6}'),
    'instead': Part('几', r'\d{1,6}'), 'count': Part('几', r'\d{1,6}'), 'notice': Part('通知种类', r'\S+'),
    'state': Part('draft｜issued｜declined｜withdrawn', 'draft|issued|declined|withdrawn'),
    'unit': Part('单位', r'[\w-]+'), 'points': Part('分', r'-?\d{1,6}(?:\.\d{1,4})?'),
    'document': Part('文种', r'\S+'),
    'kind': Part('事件种类', r'[a-z]+\.[a-z]+'), 'seen': Part('词', r'\S.*')}
"""Every place by its name; `teller` gets what stands there under this name."""
_PLACE = re.compile(r'\{(\w+)\}')
_TOKEN = re.compile(r'\[([^\]]+)\]|(\S+)')


@dataclass(frozen=True)
class Form:
    """One kind of line. ``written`` has places in braces, what may be left out in brackets.

    ``answers``: indented answers may follow it, and 照例 may stand in it. ``act``: something happens by it.
    """

    id: str
    written: str
    said: str
    example: str
    answers: bool = False
    act: bool = True

    @cached_property
    def verb(self) -> str:
        """The words with which the line begins."""
        return re.split(r'\s*[\[{]', self.written)[0]

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The places in the order of the line."""
        return tuple(_PLACE.findall(self.written))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a line of this kind looks like, 照例 taken out."""
        parts = []
        for optional, token in _TOKEN.findall(self.written):
            line = re.sub(r'\\ ', r'\\s+', _PLACE.sub(_group, _escaped(optional or token)))
            blank = r'\s+' if parts else ''
            parts.append(f'(?:{blank}{line})?' if optional else f'{blank}{line}')
        return re.compile(''.join(parts).replace(r'\s+=\s+', r'\s*=\s*'))

    def told(self) -> Said:
        """The form as the documentation writes it; only what its places are called is said in other languages."""
        usual = ' [照例]' if self.answers and self.id != 'usual' else ''
        return said(self.written + usual, **{place: said(PARTS[place].word) for place in self.places})


def _escaped(text: str) -> str:
    return ''.join(part if part.startswith('{') else re.escape(part) for part in re.split(r'(\{\w+\})', text))


def _group(place: re.Match[str]) -> str:
    return f'(?P<{place[1]}>{PARTS[place[1]].pattern})'


FORMS = (
    Form('call', '故事 {title}', '题目，一个故事一个', '故事 M10 延期获批，旧期限不再响', act=False),
    Form('cite', '依据 {rules}', '它证明的规则', '依据 P02-01 P02-03 A07', act=False),
    Form('govern', '政府 {government} {moment}', '在哪个政府，时钟从几时走起；不写时刻就是09:00', '政府 gz 2020-05-07 09:00'),
    Form('usual', '照例 {step}', '这一步“照例”时的答复，缩进写在下面', '照例 sign', answers=True, act=False),
    Form('set_parameter', '参数 {parameter} = {value}', '改这个政府的一个参数，期限跟着走', '参数 warning_days = 5'),
    Form('live_until', '日 {moment}', '时钟走到这时，定时任务一路照常', '日 2020-09-25 09:30'),
    Form('pass_days', '过 {days}个工作日', '时钟走几个工作日，定时任务照常', '过 3个工作日'),
    Form('sleep_until', '睡到 {moment}', '停机到这时，然后定时任务醒来', '睡到 2020-12-20 09:00'),
    Form('sleep_on', '睡着到 {moment}', '停机到这时，定时任务不醒', '睡着到 2020-12-20 09:00'),
    Form('register', '立项 {post}', '事项开始，第一步由这个岗位填', '立项 office/officer 照例', answers=True),
    Form('complete', '办 {post} {step} [于 {name}={own}]', '这个岗位办完一步；有几件的，用“于”说明是哪一件',
         '办 gxt/liaison co_report 照例 于 unit=gxt', answers=True),
    Form('begin', '开 {post} {process}', '在事项旁边开一个流程；与事项无关的（通报）单独开', '开 fgw/liaison extension', answers=True),
    Form('send', '消息 {message}', '给事项发一条消息', '消息 co_waived'),
    Form('withdraw', '撤销 {post} {reason}', '撤销立项', '撤销 gov/principal 任务已经取消'),
    Form('correct', '改 {fact} = {value} [因 {reason}]', '更正一个事实，期限跟着走', '改 due_at = 2020-10-30 因 领导批示'),
    Form('vacate', '空 {post}', '这个岗位从现在起没有人', '空 fgw/liaison'),
    Form('change_calendar', '历 {day} {work}', '日历改一天，期限跟着走', '历 2020-06-29 休'),
    Form('refuse', '不准 {post} {attempt} [于 {name}={own}] [{words}]', '这样办会被拒绝，拒绝的话里有这些词',
         '不准 fgw/liaison extension 期限', answers=True),
    Form('see_task', '看 待办 {step} [{post}]', '这一步等着办（等这个岗位）', '看 待办 draft office/officer', act=False),
    Form('see_no_task', '看 无待办 {step}', '这一步不等人办', '看 无待办 draft', act=False),
    Form('see_due', '看 应办 {step} {day}', '这一步应在这天以前办', '看 应办 handle 2020-09-30', act=False),
    Form('see_no_timer', '看 无期限 {timer}', '没有这个期限等着', '看 无期限 escalation.warning_due', act=False),
    Form('see_timer', '看 期限 {timer} {moment}', '这个期限在这时到', '看 期限 escalation.overdue 2020-10-09 09:00',
         act=False),
    Form('see_fired', '看 响过 {event} {times}次', '这个定时器响了几次', '看 响过 overdue 2次', act=False),
    Form('see_message', '看 提醒 {post} {word} [{times}次] [代替{instead}次]', '这个岗位收到过这样的提醒（几次，最后一次代替几次）',
         '看 提醒 fgw/liaison 请签收 1次', act=False),
    Form('see_notice', '看 通知 {notice} {state} {count}件', '有几件这样的通知书', '看 通知 督办 draft 1件', act=False),
    Form('see_document', '看 文书 {document} {count}份 [{seen}]', '签发了几份这样的文书，最后一份里有这个词', '看 文书 延期批复 1份 2020年10月30日',
         act=False),
    Form('see_visible', '看 看得到 {post}', '这个岗位在台账上看得到这件事', '看 看得到 sft/liaison', act=False),
    Form('see_invisible', '看 看不到 {post}', '这个岗位在台账上看不到这件事', '看 看不到 mzt/liaison', act=False),
    Form('see_points', '看 扣分 {unit} {points}', '这个单位一共扣了几分', '看 扣分 fgw 0.5', act=False),
    Form('see_running', '看 在走 {process} {count}份', '这个流程有几份在走', '看 在走 escalation 1份', act=False),
    Form('see_event', '看 事件 {kind} [{seen}]', '轨迹上有这种事件，里面有这个词', '看 事件 timer.moved 到期前', act=False),
    Form('see_whole', '看 轨迹完整', '轨迹验证没有改动', '看 轨迹完整', act=False),
    Form('see_end', '看 结束', '没有流程在走了', '看 结束', act=False),
    Form('see', '看 {fact} = {value}', '事项的一个事实，或者流程的一个变量', '看 lamp = yellow', act=False))
"""Every kind of line. Of two that begin alike the longer stands first."""

_HEAD = '''## 故事怎么写

故事（`.story`）是用大白话写的办事经过：谁在哪一天办了什么，该看到什么。和流程图放在一起发布，`duban test` 和故事页照它跑一遍，
一行不对就说是哪一行、该是什么、实际是什么。一行一件事；`#` 后面是说明；方括号里的可以不写。

答复缩进写在下面，一行一项：`名字 = 值`。值可以是 `是`、`否`、`无`、数、JSON 写的清单，别的都是文字；`现在`、`今天` 按故事里的时钟。
`照例` 用 `usual.story` 里这一步的答复（故事自己写了 `照例 环节` 的用自己的，都没有的按表单填最简单的），写在下面的盖过它，`名字 = 略` 去掉一项。
'''


def document() -> Iterator[str]:
    """The grammar as Markdown, line by line."""
    yield from _HEAD.splitlines()
    yield from ('', '| 一行 | 意思 | 例子 |', '|---|---|---|')
    yield from (f'| `{form.told()}` | {form.said} | `{form.example}` |' for form in FORMS)
