"""One line of a breakdown as it was read, before anything is made of it."""
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

COLUMNS = {
    'title': '任务事项', 'requirement': '目标要求', 'evidence': '办结标准', 'lead': '牵头单位', 'co': '协办单位', 'due': '完成时限',
    'cycle': '报告周期', 'source': '任务来源', 'basis': '依据', 'matter_class': '类别', 'section': '分类标题', 'skip': '不用'}
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
