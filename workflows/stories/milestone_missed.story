故事 阶段进度没有达到：亮黄灯，报赶进度措施，补上就灭
依据 P03-07 P04-06 P04-08 P04-13 P04-11
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-05-29 09:00
看 待办 report fgw/liaison
办 fgw/liaison report 照例
  progress = blocked
  milestone_missed = 是
  progress_percent = 20
  difficulty = 两个行业没有报底数
  proposal = 请督查室协调
看 lamp = yellow
看 提醒 gov/deputy 落实遇到困难 1次
办 office/officer review_report 照例
  milestone_missed = 是
  advice = 已请两个厅三日内报送
看 待办 catch_up fgw/liaison
办 fgw/liaison catch_up 照例
看 lamp = yellow
看 期限 reporting.report_due 2020-06-30 09:00
日 2020-06-30 09:00
办 fgw/liaison report 照例
看 lamp = green
办 office/officer review_report 照例
看 milestone_missed = 否
看 期限 reporting.report_due 2020-07-31 09:00
看 轨迹完整
