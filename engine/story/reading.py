"""Reads the text of a story by the grammar; what is wrong with it is kept, so that all of it can be said at once."""
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from engine import clock
from engine.errors import Refused, listed, said
from engine.story.grammar import FORMS, Form
from engine.story.problem import Problem
from engine.story.value import parse

SUFFIX, USUAL = '.story', 'usual'
"""The ending of a story's file, and the stem of the one that holds the usual answers for all of them."""
_MOST_BYTES = 200_000
_MOST_LINES = 2_000
_MOST_KEPT = 512
_COMMENT = re.compile(r'(^|\s)#.*')
_VERBS = tuple(dict.fromkeys(form.verb.split()[0] for form in FORMS))
_BLANKS = re.compile(r'\s+')


class Answer(NamedTuple):
    """One indented line: a field and what is answered."""

    line: int
    name: str
    value: Any


@dataclass(frozen=True)
class Line:
    """One line as read. ``parts`` are its places by name, ``usual`` says that 照例 stands in it."""

    number: int
    text: str
    form: Form
    parts: Mapping[str, str]
    answers: tuple[Answer, ...] = ()
    usual: bool = False

    @property
    def told(self) -> dict[str, Any]:
        """The answers by field."""
        return {answer.name: answer.value for answer in self.answers}


@dataclass(frozen=True)
class Story:
    """A story as read; ``problems`` is all that is wrong with its lines."""

    file: str
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]

    @property
    def stem(self) -> str:
        """Its name without folders and ending."""
        return PurePosixPath(self.file).stem

    @cached_property
    def title(self) -> str:
        """What it is about; '' where it does not say so."""
        return next((line.parts['title'] for line in self.lines if line.form.id == 'call'), '')

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """The rules that it proves."""
        return tuple(rule for line in self.lines if line.form.id == 'cite' for rule in line.parts['rules'].split())

    @cached_property
    def government(self) -> str:
        """In which government it happens; '' where it does not say so."""
        return next((line.parts['government'] for line in self.lines if line.form.id == 'govern'), '')

    @cached_property
    def begins(self) -> datetime | None:
        """When it begins; None where it does not say so, or says nonsense."""
        said = next((line.parts['moment'] for line in self.lines if line.form.id == 'govern'), '')
        try:
            return moment(said)
        except ValueError:
            return None

    @cached_property
    def usual(self) -> dict[str, dict[str, Any]]:
        """Its own usual answers by step."""
        return {line.parts['step']: line.told for line in self.lines if line.form.id == 'usual'}

    @property
    def is_told(self) -> bool:
        """Whether it tells anything; a file may hold usual answers only."""
        return any(line.form.id not in ('usual', 'call', 'cite') for line in self.lines)


@lru_cache(_MOST_KEPT)
def read(content: bytes, file: str) -> Story:
    """The story in the bytes of a file, read once per content.

    :raises Refused: it is no UTF-8 text, or too long.
    """
    if len(content) > _MOST_BYTES:
        raise Refused('故事“{file}”太长：{size} kB，最多{most} kB，请拆成几个。', file=file, size=len(content) // 1000,
                      most=_MOST_BYTES // 1000)
    try:
        text = content.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        line = content.count(b'\n', 0, error.start) + 1
        raise Refused('故事“{file}”不是UTF-8文字（第{line}行），请另存为UTF-8。', file=file, line=line) from None
    if text.count('\n') > _MOST_LINES:
        raise Refused('故事“{file}”有{count}行，最多{most}行，请拆成几个。', file=file, count=text.count('\n') + 1, most=_MOST_LINES)
    return _Reader(file).read(text)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def read(self, text: str) -> Story:
        lines = []
        for number, head, indented in _paragraphs(text):
            line = self._line(number, head) if head else None
            answers = tuple(filter(None, (self._answer(*one, line) for one in indented)))
            if line:
                lines.append(Line(line.number, line.text, line.form, line.parts, answers, line.usual))
        return Story(self.file, tuple(lines), tuple(sorted(self.problems, key=lambda one: one.line)))

    def _wrong(self, code: str, line: int, **values: object) -> None:
        self.problems.append(Problem(code, line, values))

    def _line(self, number: int, text: str) -> Line | None:
        words = _BLANKS.sub(' ', text).strip().split(' ')
        verb, usual = words[0], '照例' in words[1:]
        forms = [form for form in FORMS if form.verb.split()[0] == verb]
        if usual and verb != '照例':
            words.remove('照例')
            forms = [form for form in forms if form.answers]
        for form in forms:
            if found := form.pattern.fullmatch(' '.join(words)):
                parts = {name: said for name, said in found.groupdict().items() if said is not None}
                self._check(number, parts)
                return Line(number, text.strip(), form, parts, usual=usual and verb != '照例')
        self._not_understood(number, text.strip(), verb, words)
        return None

    def _not_understood(self, number: int, text: str, verb: str, words: list[str]) -> None:
        alike = [form for form in FORMS if form.verb.split()[0] == verb]
        exact = [form for form in alike if len(words) > 1 and form.verb == f'{verb} {words[1]}']
        if alike:
            wanted = listed((said('“{text}”', text=form.told()) for form in (exact or alike)[:3]), '或')
            self._wrong('story.line', number, text=text[:60], wanted=wanted)
        else:
            close = get_close_matches(verb, _VERBS, n=1, cutoff=0.3)
            self._wrong('story.verb', number, text=verb[:20], known=f'“{close[0]}”' if close else listed(_VERBS))

    def _check(self, number: int, parts: Mapping[str, str]) -> None:
        """Days that do not exist, JSON that is none."""
        for name in ('moment', 'day'):
            if name in parts:
                try:
                    moment(parts[name])
                except ValueError:
                    self._wrong('story.day', number, text=parts[name])
        if 'value' in parts:
            self._value(number, parts['value'])

    def _value(self, number: int, text: str) -> Any:
        try:
            return parse(text)
        except ValueError:
            self._wrong('story.value', number, text=text[:60])
            return None

    def _answer(self, number: int, text: str, line: Line | None) -> Answer | None:
        name, sign, value = (part.strip() for part in text.partition('='))
        if not sign or not name.isidentifier():
            self._wrong('story.answer', number, text=text.strip()[:60])
        elif line is not None and not line.form.answers:
            self._wrong('story.answer_to_nothing', number, text=text.strip()[:60])
        elif line is not None:
            return Answer(number, name, self._value(number, value))
        return None


def _paragraphs(text: str) -> Iterator[tuple[int, str, list[tuple[int, str]]]]:
    """Each line with what is indented below it; empty lines and what follows ``#`` are left out."""
    held: tuple[int, str, list[tuple[int, str]]] = (1, '', [])
    for number, line in enumerate(text.splitlines(), 1):
        said = _COMMENT.sub('', line).rstrip()
        if not said:
            continue
        if said[0] in ' \t\u3000':
            held[2].append((number, said))
            continue
        if held[1] or held[2]:
            yield held
        held = number, said, []
    if held[1] or held[2]:
        yield held


def moment(text: str) -> datetime:
    """A day, or a day and a time, in the government's zone; a day alone means 09:00.

    :raises ValueError: there is no such moment.
    """
    said = text.strip()
    return datetime.fromisoformat(said if ' ' in said else f'{said} 09:00').replace(tzinfo=clock.zone())
