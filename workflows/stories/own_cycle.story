故事 事项另定的报告周期先于类别：每周一报，错过的并成一期
依据 P04-06 P04-12 A13
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  matter_class = routine
  own_cycle = week
办 fgw/liaison sign
办 fgw/liaison plan 照例
看 期限 reporting.report_due 2020-05-09 09:00       # 周六调休，是这一周最后一个工作日
日 2020-05-09 09:00
办 fgw/liaison report 照例
办 office/officer review_report 照例
看 期限 reporting.report_due 2020-05-15 09:00
睡到 2020-06-10 10:00
看 响过 report_due 2次
看 late_reports = 1
日 2020-06-10 11:00
办 fgw/liaison report 照例
办 office/officer review_report 照例
看 期限 reporting.report_due 2020-06-12 09:00
看 轨迹完整
