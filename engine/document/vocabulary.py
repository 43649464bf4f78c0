"""The names that may stand in a Word template, in Chinese as those who write them speak, with what each means."""
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import said


@dataclass(frozen=True)
class Name:
    """One name: what it means and a sample. ``columns``: it is a list of rows, whose columns have these names."""

    label: str
    sample: Any = ''
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def nothing(self) -> Any:
        """What it is where there is nothing to say."""
        return [] if self.columns else ''


NAMES: dict[str, Name] = {
    '发文机关': Name(said('督办单位的名称'), '省政府办公厅'),
    '文号': Name(said('签发时给的编号'), '〔2020〕督办字第12号'),
    '标题': Name(said('图上写的标题'), '督办通知书：建立健全重点企业和项目库'),
    '主送': Name(said('发给的单位'), '省发展改革委'),
    '抄送': Name(said('抄送的单位'), '省司法厅、省工业和信息化厅'),
    '正文': Name(said('拟稿人写的内容，一段一段'), '请于限期内办结，并书面反馈办理情况。'),
    '成文日期': Name(said('签发的日期'), '2020年11月3日'),
    '签发人': Name(said('审定、批准的岗位'), '省政府办公厅·督查室负责人'),
    '文种': Name(said('图上写的文种'), '督办'),
    '上一级': Name(said('签发以前的督办级别名称，没有为空'), '提醒'),
    '下一级': Name(said('仍不办的下一级名称，没有为空'), '催办'),
    '限期': Name(said('这份文书给的限期'), '2020年11月10日'),
    '扣分': Name(said('签发后扣几分，不扣为空'), '0.5'),
    '取消评优': Name(said('签发后取消当年评优资格，否则为空'), '是'),
    '事项名称': Name(said('事项名称'), '建立健全重点企业和项目库'),
    '事项编号': Name(said('台账编号'), 'DB-2020-010'),
    '依据': Name(said('立项的依据'), '省政府专题会议纪要'),
    '目标要求': Name(said('目标和任务要求'), '建立重点企业库，实行清单管理。'),
    '牵头单位': Name(said('牵头单位'), '省发展改革委'),
    '协办单位': Name(said('协办单位，顿号隔开'), '省司法厅、省工业和信息化厅'),
    '交办日期': Name(said('交办的日期'), '2020年5月8日'),
    '原办结时限': Name(said('最初的办结时限'), '2020年9月30日'),
    '办结时限': Name(said('现在的办结时限；长期的为空'), '2020年10月30日'),
    '协办时限': Name(said('协办单位的时限'), '2020年8月31日'),
    '延期次数': Name(said('准予延期几次'), '1'),
    '超期工作日': Name(said('到成文这天超了几个工作日，没有超的为空'), '2'),
    '完成比例': Name(said('最近一次报的完成比例'), '60'),
    '评价等级': Name(said('办结评价的等级'), 'B'),
    '办结日期': Name(said('准予办结的日期'), '2020年10月28日'),
    '逾期': Name(said('逾期办结的写“是”，否则为空'), '是'),
    '协办分工': Name(said('协办单位各办什么，一行一家'),
                 [{'单位': '省司法厅', '任务': '提供名单', '时限': '2020年8月31日'}],
                 {'单位': said('协办单位'), '任务': said('做什么'), '时限': said('什么时候前')}),
    '前次文书': Name(said('这件事以前签发的文书，一行一份'),
                 [{'文号': '〔2020〕立项字第3号', '文种': '立项', '日期': '2020年5月8日', '限期': '2020年9月30日'}],
                 {'文号': said('编号'), '文种': said('文种'), '日期': said('签发日期'), '限期': said('给的限期')}),
    '单位情况': Name(said('各单位办理情况，一行一家；只有通报有'),
                 [{'名次': '1', '单位': '省发展改革委', '交办': '7', '按期办结': '3', '超期办结': '1', '在办': '3',
                   '超期未办': '1', '评分': '60%', '代码': 'fgw'}],
                 {'名次': said('名次'), '单位': said('牵头单位'), '交办': said('交办件数'), '按期办结': said('按期办结件数'),
                  '超期办结': said('超期办结件数'), '在办': said('在办件数'), '超期未办': said('其中超期未办件数'),
                  '评分': said('决策表ranking给的评分'), '代码': said('单位的代码')}),
    '评分说明': Name(said('决策表ranking怎样评分；只有通报有'), '按期办结率为按期办结件数除以应办结件数。'),
}
"""Whatever the drawing hands over besides may be named, too: the further inputs of `document.make`."""


def listed() -> Iterator[tuple[str, str, str]]:
    """Each name as a template writes it, what it means, and a sample, for the page of the process owner."""
    for name, one in NAMES.items():
        if not one.columns:
            yield f'{{{{{name}}}}}', one.label, str(one.sample)
        for column, label in one.columns.items():
            means = said('清单“{name}”（{about}）：{column}', name=name, about=one.label, column=label)
            yield f'{{{{行.{column}}}}}', means, one.sample[0][column]


def sample() -> dict[str, Any]:
    """A value for every name, as a preview of a template shows them."""
    return {name: one.sample for name, one in NAMES.items()}
