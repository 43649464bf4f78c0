"""Plots as the server draws them: where each bar, line and word stands. The template only writes them down."""
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from flask_babel import gettext as _

WIDTH = 344                 # a phone's width inside a panel
MOST_BARS, MOST_POINTS = 8, 12
_ROW, _LABEL = 28, 118


class Bar(NamedTuple):
    """A filled oblong; `css` is p1, p2 or p3."""

    css: str
    x: float
    y: float
    width: float
    height: float


class Text(NamedTuple):
    """A word; `anchor` as SVG has it."""

    x: float
    y: float
    text: str
    anchor: str = 'start'


@dataclass
class Plot:
    """One drawing, with the sentence that says the same."""

    title: str
    said: str
    height: float = 0
    width: float = WIDTH
    bars: list[Bar] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    axes: list[str] = field(default_factory=list)
    points: list[tuple[float, float]] = field(default_factory=list)
    nothing: str = ''                                    # said instead, where there is nothing to draw

    @property
    def curve(self) -> str:
        """The line through the points."""
        return 'M' + 'L'.join(f'{x:.1f} {y:.1f}' for x, y in self.points) if self.points else ''


def lying(title: str, rows: Sequence[tuple[str, float]], css: str = 'p1', form: str = 'g') -> Plot:
    """Bars that lie, one below the other, the label before and the number after each."""
    rows = rows[:MOST_BARS]
    plot = Plot(title, _('，').join(f'{label}{value:{form}}' for label, value in rows), len(rows) * _ROW + 4)
    scale = (WIDTH - _LABEL - 52) / (max((value for _, value in rows), default=0) or 1)
    for place, (label, value) in enumerate(rows):
        y, width = 2 + place * _ROW, round(max(value * scale, 1), 1)
        plot.bars.append(Bar(css, _LABEL, y, width, 20))
        plot.texts += [Text(_LABEL - 8, y + 15, short(label, 8), 'end'),
                       Text(_LABEL + width + 6, y + 15, f'{value:{form}}')]
    return plot


def standing(title: str, points: Sequence[tuple[str, int]], css: str = 'p1') -> Plot:
    """Bars that stand side by side, the number above each, the label below."""
    points = points[-MOST_BARS:]
    plot = Plot(title, _('，').join(f'{label}{value}' for label, value in points), 150)
    step, most = WIDTH / max(len(points), 1), max([value for _, value in points] + [1])
    for place, (label, value) in enumerate(points):
        middle, height = round((place + .5) * step, 1), round(value * 90 / most, 1)
        plot.bars.append(Bar(css, round(middle - step * .3, 1), 120 - height, round(step * .6, 1), height))
        plot.texts += [Text(middle, 115 - height, str(value), 'middle'), Text(middle, 140, label, 'middle')]
    plot.axes.append(f'M0 120H{WIDTH}')
    plot.nothing = '' if any(value for _label, value in points) else _('这几个月一件也没有。')
    return plot


def rates(title: str, points: Sequence[tuple[str, int | None]]) -> Plot:
    """A line of per cents; where there is none, the line has no point."""
    points = points[-MOST_POINTS:]
    said = _('，').join(f'{label}{value}%' for label, value in points if value is not None)
    plot, step = Plot(title, said, 180), (WIDTH - 40) / max(len(points), 1)
    for per_cent in (0, 50, 100):
        y = 140 - per_cent * 1.1
        plot.axes.append(f'M40 {y:.1f}H{WIDTH}')
        plot.texts.append(Text(34, y + 5, f'{per_cent}%', 'end'))
    for place, (label, value) in enumerate(points):
        x = round(40 + (place + .5) * step, 1)
        plot.texts.append(Text(x, 168, label, 'middle'))
        if value is not None:
            plot.points.append((x, 140 - value * 1.1))
            plot.texts.append(Text(x, 140 - value * 1.1 + (20 if value > 80 else -9), f'{value}%', 'middle'))
    plot.nothing = '' if plot.points else _('这几个月没有办结的，算不出按期办结率。')
    return plot


def short(text: str, most: int) -> str:
    """A text that fits a drawing, which cannot break lines."""
    return text if len(text) <= most else text[:most - 1] + '…'
