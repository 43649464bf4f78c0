故事 M10 清理地方性法规：延期获批，旧期限不再响
依据 P02-01 P02-02 P02-03 P00-18 P03-05 P03-06 P05-08 A06 A07 A10
政府 gz 2020-05-07 09:00
立项 office/officer 照例
看 待办 sign fgw/liaison                   # 依据是批准件，不再送审批
办 fgw/liaison sign
办 fgw/liaison plan 照例
看 期限 escalation.warning_due 2020-09-27 09:00   # 周日，调休上班
看 应办 handle 2020-09-30
日 2020-09-25 08:30
看 lamp = green
开 fgw/liaison extension
办 fgw/liaison apply 照例
  new_due_at = 2020-11-30
办 fgw/chief chief_review 照例
看 lamp = grey
看 extension_pending = 是
日 2020-09-27 14:00                        # 在审时时间照走：预警照响，灯还是灰的
看 响过 warning_due 1次
看 lamp = grey
看 期限 escalation.overdue 2020-10-09 09:00
办 office/officer office_review 照例
  new_due_at = 2020-11-30
看 待办 decide gov/deputy                  # 凭依据立项的由交办领导批
办 gov/deputy decide 照例
  new_due_at = 2020-11-30
看 due_at = 2020-11-30
看 应办 handle 2020-11-30                  # 正在办的待办也跟着移
看 original_due_at = 2020-09-30
看 extension_count = 1
看 extension_pending = 否
看 lamp = green
看 提醒 fgw/liaison 同意延期 1次
看 提醒 fgw/chief 同意延期 1次
看 无期限 escalation.overdue               # 重新从预警等起
看 期限 escalation.warning_due 2020-11-25 09:00
看 事件 fact.changed 2020-11-30
日 2020-11-24 17:00                        # 旧期限 10-09 过去一个半月
看 响过 overdue 0次
看 无待办 draft
看 通知 督办 draft 0件
看 lamp = green
日 2020-11-25 09:00
看 lamp = yellow
看 响过 warning_due 2次
日 2020-12-01 09:00
看 响过 overdue 1次
看 lamp = red
看 待办 draft office/officer
看 轨迹完整
