故事 M10 清理地方性法规：延期没有获批，原期限不变，节后第一天亮红灯
依据 P02-01 P02-02 P02-04 P03-05 P03-08 A07 A10 A30
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-25 08:30
开 fgw/liaison extension
不准 fgw/liaison extension 不能再开一份
办 fgw/liaison apply 照例
  new_due_at = 2020-11-30
办 fgw/chief chief_review 照例
日 2020-09-27 10:00
办 office/officer office_review 照例
  new_due_at = 2020-11-30
  office_suggests = refuse
日 2020-09-28 17:00                        # 满1个工作日没有批，只提醒
看 提醒 gov/deputy 延期申请待批复 1次
办 gov/deputy decide 照例
  new_due_at = 2020-11-30
  opinion = 九月底前必须公布
  extension_granted = 否
看 due_at = 2020-09-30
看 extension_count = 0
看 extension_pending = 否
看 提醒 fgw/liaison 批复意见：九月底前必须公布 1次
看 期限 escalation.overdue 2020-10-09 09:00
日 2020-10-08 18:00                        # 十月一日至八日放假
看 lamp = yellow
看 响过 overdue 0次
日 2020-10-09 09:00
看 lamp = red
看 待办 draft office/officer
看 通知 督办 draft 1件
看 轨迹完整
