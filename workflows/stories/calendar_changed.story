故事 日历改了，没有到的期限跟着走
依据 P01-31 P01-35 P03-05 P03-06 A10
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  due_at = 2020-06-30
  co_units = ["gxt"]
  co_duty = 提供名单
  co_due_at = 2020-06-19
看 期限 escalation.warning_due 2020-06-24 09:00      # 25、26日端午放假，28日（周日）上班
办 fgw/liaison sign
办 fgw/liaison plan 照例
  consult_note = 已会商分工
办 gxt/liaison co_sign
看 期限 matter.co_due 2020-06-22 09:00
看 期限 reporting.report_due 2020-05-29 09:00
历 2020-06-24 休                                    # 新增一天假
看 期限 escalation.warning_due 2020-06-23 09:00
看 事件 timer.moved 到期前
历 2020-06-22 休
看 期限 matter.co_due 2020-06-23 09:00
看 期限 escalation.warning_due 2020-06-23 09:00
历 2020-06-28 休                                    # 调休的周日不上班了
看 期限 escalation.warning_due 2020-06-19 09:00
历 2020-06-28 班                                    # 又都改回来
历 2020-06-22 班
历 2020-06-24 班
看 期限 matter.co_due 2020-06-22 09:00
看 期限 escalation.warning_due 2020-06-24 09:00
日 2020-06-24 10:00
看 lamp = yellow
看 提醒 gxt/liaison 协办期限已过 1次
历 2020-07-01 休                                    # 期限后的第一个工作日放假
日 2020-07-01 18:00
看 lamp = yellow
日 2020-07-02 09:00
看 lamp = red
看 响过 overdue 1次
看 轨迹完整
