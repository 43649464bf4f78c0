"""One component of a form as its file says it: read once, never changed."""
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.form.text import Live

TEXT = frozenset({'textfield', 'textarea'})
MOMENT = frozenset({'date', 'time', 'datetime'})
ONE_OF = frozenset({'select', 'radio'})
MANY_OF = frozenset({'checklist', 'taglist'})
CHOICE = ONE_OF | MANY_OF
ASKED = TEXT | MOMENT | CHOICE | {'number', 'checkbox', 'dynamiclist'}
HOLDS = ASKED | {'expression'}
"""The kinds that put something into the answer: asked of a person, or computed."""

ANSWERED = ASKED | {'group'}
DRAWN = ANSWERED | {'filepicker', 'text', 'table', 'separator', 'spacer'}
"""The kinds that a page draws: of what was answered once, only the fields."""
LONGEST = {'textfield': 500, 'textarea': 10_000}
"""Characters of a trimmed answer where the file states no limit."""
MOST_MATCHED = 500
"""Characters that a pattern is ever shown."""
MOST_ROWS = 50
_PAIR = re.compile(r"""\[\s*(["'])(.+?)\1\s*,\s*(["'])(.+?)\3\s*]""")


class Option(NamedTuple):
    """One choice. ``value`` is what goes into the answer: a text, a number, true or false."""

    value: Any
    label: str
    hint: str = ''

    @property
    def text(self) -> str:
        """The value as a page posts it."""
        return as_text(self.value)


@dataclass(frozen=True, eq=False)
class Field:
    """A component. ``kind`` is form-js' type, but a datetime is ``date``, ``time`` or ``datetime``.

    ``minimum`` and ``maximum`` are numbers or days, ``shortest`` and ``longest`` characters; each may be
    computed. ``lines`` is what a text says: one template, or one for each line when the lines are facts.
    """

    kind: str
    id: str
    key: str = ''
    label: Live | None = None
    hint: Live | None = None
    lines: tuple[Live, ...] = ()
    hide: Live | None = None
    locked: Live | None = None
    required: bool = False
    minimum: Live | None = None
    maximum: Live | None = None
    shortest: Live | None = None
    longest: Live | None = None
    digits: int | None = None
    pattern: str = ''
    pattern_message: str = ''
    format: str = ''
    not_past: bool = False
    default: Any = None
    options: tuple[Option, ...] = ()
    source: Live | None = None
    columns: tuple[tuple[str, str], ...] = ()
    prefix: str = ''
    suffix: str = ''
    height: int = 4
    children: tuple['Field', ...] = ()
    refuse_if: Live | None = None
    refuse_message: Live | None = None
    rules: Mapping[str, str] = field(default_factory=dict)

    @property
    def written(self) -> tuple[Option, ...]:
        """The choices that stand in the file, also those that are only offered at times (``[value, label]``)."""
        found = _PAIR.findall(self.source.source) if self.source else ()
        return *self.options, *(Option(value, label) for _, value, _, label in found)

    @property
    def persists(self) -> bool:
        """Whether the answer is kept as a variable or fact; else it stands only in the record of the step."""
        return self.rules.get('persist') != 'no'

    @property
    def prefilled(self) -> bool:
        """Whether the field begins with what is on record under its key."""
        return self.persists and not self.acts and self.rules.get('prefill') != 'no'

    @property
    def joined(self) -> bool:
        """Whether several choices are stored as one text, ``a,b``."""
        return self.rules.get('as') == 'text'

    @property
    def refused(self) -> frozenset[str]:
        """The choices that mean no: drawn as such, or not accepted when ``refuseMessage`` is given."""
        return frozenset(part.strip() for part in self.rules.get('refuse', '').split(',') if part.strip())

    @property
    def acts(self) -> bool:
        """Whether the choices are drawn as the buttons that submit the form."""
        return self.rules.get('render') == 'actions'

    @property
    def row_limits(self) -> tuple[int, int]:
        """The fewest and the most rows of a list."""
        least, most = (self.rules.get(name, '') for name in ('min', 'max'))
        return (int(least) if least.isdigit() else int(self.required),
                min(int(most), MOST_ROWS) if most.isdigit() else MOST_ROWS)

    def lives(self) -> Iterator[Live]:
        """Every computed text of this component, children excepted."""
        several = (self.label, self.hint, *self.lines, self.hide, self.locked, self.minimum, self.maximum,
                   self.shortest, self.longest, self.source, self.refuse_if, self.refuse_message,
                   self.default)
        yield from (value for value in several if isinstance(value, Live))

    def walk(self) -> Iterator['Field']:
        """This component and everything in it."""
        yield self
        for child in self.children:
            yield from child.walk()


def as_text(value: Any) -> str:
    """A value as HTML carries it: ``true``, ``0.5``, a day, nothing for None."""
    if value is None:
        return ''
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if hasattr(value, 'isoformat') else str(value)
