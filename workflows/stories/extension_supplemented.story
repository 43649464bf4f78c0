故事 延期申请材料不齐：督查室退回补充，期间不算在审；期限前补齐的照常审，没有补的到期督办，期限后不再退回
依据 P02-01 P02-02 P02-03 P02-04 P03-06 P03-08 A06 A07
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-25 08:30
开 fgw/liaison extension
办 fgw/liaison apply 照例
  new_due_at = 2020-10-30
办 fgw/chief chief_review 照例
看 lamp = grey
不准 office/officer office_review 意见       # 缺什么，一次写清
  new_due_at = 2020-10-30
  office_opinion = 略
  office_suggests = return
办 office/officer office_review
  new_due_at = 2020-10-30
  office_opinion = 请附专家论证意见，写明每一步的日子
  office_suggests = return
看 extension_pending = 否                   # 在牵头单位手里，不算在审
看 lamp = green
看 待办 apply fgw/liaison
看 应办 apply 2020-09-30
看 提醒 fgw/liaison 请附专家论证意见 1次
看 提醒 fgw/chief 请附专家论证意见 1次
看 在走 extension 1份
日 2020-09-27 09:00                        # 时间照走
看 lamp = yellow
办 fgw/liaison apply 照例
  new_due_at = 2020-10-30
办 fgw/chief chief_review 照例              # 补齐的由单位负责人再签一次
看 extension_pending = 是
看 lamp = grey
办 office/officer office_review 照例
  new_due_at = 2020-10-30
办 gov/deputy decide 照例
  new_due_at = 2020-10-30
看 due_at = 2020-10-30
看 extension_count = 1
看 lamp = green
日 2020-10-28 10:00
开 fgw/liaison extension                   # 再申请一次
办 fgw/liaison apply 照例
  new_due_at = 2020-11-30
办 fgw/chief chief_review 照例
办 office/officer office_review
  new_due_at = 2020-11-30
  office_opinion = 没有写下一步的日子
  office_suggests = return
看 lamp = yellow
日 2020-11-02 09:00                        # 期限前没有补上来：不再受理，督办照走
看 无待办 apply
看 在走 extension 0份
看 响过 too_late 1次
看 lamp = red
看 待办 draft office/officer
看 due_at = 2020-10-30
看 轨迹完整
