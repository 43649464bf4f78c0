"""Long lists in pages. The address holds the page and every filter, so that it can be shared."""
from dataclasses import dataclass
from math import ceil
from typing import Any

from flask import current_app, request, url_for


@dataclass(frozen=True)
class Page:
    """One page of a list: `number` of `count`, each of `size` rows, `total` rows in all; `other` is the size that pages
    can have instead (0: there is none)."""

    number: int
    size: int
    total: int
    other: int = 0

    @property
    def count(self) -> int:
        """How many pages; an empty list has one."""
        return max(1, ceil(self.total / self.size))

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.number - 1) * self.size

    @property
    def near(self) -> range:
        """The page numbers to show: at most two on either side."""
        return range(max(1, self.number - 2), min(self.count, self.number + 2) + 1)

    @property
    def first(self) -> int:
        """第n件: the first row on this page, counted from 1; 0 in an empty list."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        """The last row on this page, counted from 1."""
        return min(self.offset + self.size, self.total)

    def href(self, number: int, **changed: Any) -> str:
        """The same list, same filters, another page; what was picked on this one is not picked there."""
        chosen = {name: values for name, values in request.args.lists() if name not in ('page', 'pick')} | changed
        return url_for(request.endpoint, **request.view_args, **chosen, page=number if number > 1 else None)


def number_asked() -> int:
    """The page in the address; anything that is no page number counts as the first."""
    text = request.args.get('page', '1')
    return max(1, int(text)) if text.isdecimal() and len(text) < 8 else 1


def page_of(total: int, large: int = 0) -> Page:
    """The page that was asked for, or the last one there is; of `large` rows where the address says so (`rows`)."""
    size, other = current_app.config['PAGE_ROWS'], 0
    if size < min(total, large):
        size, other = (large, size) if request.args.get('rows') == str(large) else (size, large)
    return Page(min(number_asked(), max(1, ceil(total / size))), size, total, other)
