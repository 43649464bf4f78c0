故事 期限前申请，期限后才批：同意了就回绿灯，红过的一段留在轨迹里
依据 P02-01 P02-03 A07
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-29 16:00
开 fgw/liaison extension
办 fgw/liaison apply 照例
  new_due_at = 2020-10-30
办 fgw/chief chief_review 照例
办 office/officer office_review 照例
  new_due_at = 2020-10-30
日 2020-10-09 10:00
看 lamp = red
看 无待办 draft
办 gov/deputy decide 照例
  new_due_at = 2020-10-30
看 lamp = green
看 事件 lamp.changed red
看 通知 督办 draft 0件
看 level = 0
日 2020-10-26 17:00
看 lamp = green
日 2020-10-27 09:00
看 lamp = yellow
日 2020-11-02 09:00
看 lamp = red
看 待办 draft office/officer
看 轨迹完整
