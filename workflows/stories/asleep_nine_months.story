故事 系统睡了九个月：一份报告、一份文稿，一级也不跳
依据 P03-05 P03-08 P04-13 P11-05
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
睡到 2021-02-05 10:00
看 lamp = red
看 通知 督办 draft 1件
看 待办 draft office/officer
看 level = 0
看 扣分 fgw 0
看 响过 overdue 1次
看 响过 warning_due 1次
看 响过 report_due 1次                    # 错过的几期合并成一期
看 late_reports = 1
看 待办 report fgw/liaison
日 2021-02-05 11:00
办 fgw/liaison report 照例
办 office/officer review_report 照例
看 期限 reporting.report_due 2021-02-26 09:00
看 无待办 report
日 2021-02-25 17:00                       # 没有人签发，级别就不动
看 level = 0
看 通知 督办 draft 1件
看 通知 催办 draft 0件
看 轨迹完整
