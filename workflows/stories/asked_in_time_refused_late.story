故事 期限前申请，期限后才批：在审不拟稿，不同意就当即拟稿
依据 P02-01 P02-04 P03-05 A07
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-29 16:00
开 fgw/liaison extension
办 fgw/liaison apply 照例
  new_due_at = 2020-10-23
办 fgw/chief chief_review 照例
看 lamp = grey
办 office/officer office_review 照例
  new_due_at = 2020-10-23
日 2020-10-09 10:00
看 lamp = red                             # 时间照走，红灯照亮
看 响过 overdue 1次
看 无待办 draft                           # 督办等批复
看 通知 督办 draft 0件
日 2020-10-13 10:00
看 无待办 draft
办 gov/deputy decide 照例
  new_due_at = 2020-10-23
  extension_granted = 否
  opinion = 理由不充分
看 due_at = 2020-09-30
看 待办 draft office/officer
看 通知 督办 draft 1件
看 lamp = red
看 轨迹完整
