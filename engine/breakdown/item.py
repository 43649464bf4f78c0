"""One line of a breakdown as it was read, before anything is made of it."""
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine.errors import said

COLUMNS = {
    'title': said('任务事项'), 'requirement': said('目标要求'), 'evidence': said('办结标准'), 'lead': said('牵头单位'),
    'co': said('协办单位'), 'due': said('完成时限'), 'cycle': said('报告周期'), 'source': said('任务来源'),
    'basis': said('依据'), 'matter_class': said('类别'), 'section': said('分类标题'), 'skip': said('不用')}
"""What a column can be taken for."""


@dataclass
class Item:
    """What one row or clause says, by column; `number` is its line in the file, `said` the line as people see it."""

    number: int
    said: str
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def text(self, column: str) -> str:
        """What stands in a column, '' when nothing does."""
        return written(self.values.get(column))


def written(value: Any) -> str:
    """A cell as a text."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()[:10]
    return '' if value is None else f'{value:g}' if isinstance(value, float) else str(value)
