故事 办结时限登记错了：更正以后照新的时限重新看护，没有签发的稿撤回
依据 P01-31 P02-03 P03-05 P03-06 A07
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  has_basis = 否
  due_at = 2020-06-30
改 due_at = 2020-07-31 因 审批前发现抄错了月份      # 还没有交办，没有看护要重排
看 无期限 escalation.warning_due
办 gov/principal approve 照例
看 期限 escalation.warning_due 2020-07-28 09:00
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-08-03 10:00
看 lamp = red
看 待办 draft office/officer
看 通知 督办 draft 1件
改 title = 清理地方性法规并公布目录 因 名称抄错了     # 与时限无关，看护不动
看 待办 draft office/officer
改 due_at = 2020-09-30 因 原件写的是9月底
看 无待办 draft
看 通知 督办 withdrawn 1件
看 lamp = green
看 期限 escalation.warning_due 2020-09-27 09:00
看 事件 fact.changed 原件写的是9月底
日 2020-09-27 09:00
看 提醒 fgw/liaison 办结期限将到 2次
看 lamp = yellow
看 轨迹完整
