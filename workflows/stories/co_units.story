故事 两家协办各有各的期限，谁迟催谁
依据 P01-27 P01-35 P01-44 P04-06 A20
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  co_units = ["gxt", "sft"]
  co_duty = 工信厅报企业名单，司法厅报法规目录
  co_due_at = 2020-06-30
  co_shares = [{"unit": "gxt", "co_due_at": "2020-06-12"}]     # 工信厅的提前
看 提醒 gxt/liaison 立项通知 1次
看 提醒 sft/liaison 立项通知 1次
办 fgw/liaison sign
办 fgw/liaison plan 照例
  consult_note = 已与两家会商分工
办 gxt/liaison co_sign
办 sft/liaison co_sign 于 unit=sft
看 期限 matter.co_due 2020-06-15 09:00
看 期限 matter.co_due 2020-07-01 09:00
日 2020-06-15 10:00
看 提醒 gxt/liaison 协办期限已过 1次
看 提醒 sft/liaison 协办期限已过 0次
不准 sft/liaison co_report 照例 于 unit=gxt
办 sft/liaison co_report 照例
日 2020-07-02 10:00
看 提醒 sft/liaison 协办期限已过 0次
看 提醒 gxt/liaison 协办期限已过 1次       # 只催一次
办 fgw/liaison handle 照例
  wait_co = yes
看 无待办 request                          # 等工信厅
办 gxt/liaison co_report 照例 于 unit=gxt
看 待办 request fgw/liaison
看 提醒 fgw/liaison 协办期限已过 0次
看 lamp = green
看 轨迹完整
