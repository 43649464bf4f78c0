故事 迟报只催、只记数，不督办；办结时没报的报告撤回
依据 P04-06 P04-13 P05-08 P05-17 P05-18
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-06-01 09:00
看 late_reports = 1
看 提醒 fgw/liaison 进展报告已迟 1次
看 level = 0
看 lamp = green
日 2020-07-15 10:00                       # 一期没报，不再叠一期
看 late_reports = 1
看 响过 report_due 1次
办 fgw/liaison handle 照例
办 fgw/liaison request 照例
看 proposed = C
办 office/officer review 照例
办 office/officer verify 照例
办 gov/deputy deputy 照例
看 late = 否
看 无待办 report
看 在走 reporting 0份
日 2020-07-21 17:00
看 提醒 fgw/liaison 办结后应在 0次
日 2020-07-22 10:00                       # 办结后满5个工作日没有反馈
看 提醒 fgw/liaison 办结后应在5个工作日内反馈 1次
办 fgw/liaison feedback 照例
看 提醒 gov/deputy 已销号 1次
看 结束
看 轨迹完整
