故事 没有人在跑定时任务，过期才提交的照样算迟
依据 P02-01 P03-05 P04-06 P05-09 P05-17
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  due_at = 2020-06-30
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-05-29 10:00
看 待办 report fgw/liaison
睡着到 2020-06-02 10:00                   # 钟走了，没有人守着
看 late_reports = 0
办 fgw/liaison report 照例                # 先算迟报，再收报告
看 late_reports = 1
看 提醒 fgw/liaison 进展报告已迟 1次
办 office/officer review_report 照例
日 2020-06-29 17:00
开 fgw/liaison extension
看 待办 apply fgw/liaison
睡着到 2020-07-01 09:30
看 lamp = yellow
不准 fgw/liaison apply 照例               # 期限已过，申请的门已经关了
  new_due_at = 2020-07-31
办 fgw/liaison handle 照例
看 lamp = red
看 响过 overdue 1次
看 响过 too_late 1次
看 在走 extension 0份
办 fgw/liaison request 照例
办 office/officer review 照例
办 office/officer verify 照例
办 gov/deputy deputy 照例
看 late = 是
看 轨迹完整
