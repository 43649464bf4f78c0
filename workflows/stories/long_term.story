故事 长期事项：确认继续一次，再定期限，从此亮灯
依据 P01-31 P02-03 P03-06 A29
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  title = 建立调度报告机制
  matter_class = routine
  long_term = 是
  due_at = 略
  review_at = 2020-10-04
看 due_at = 无
办 fgw/liaison sign
办 fgw/liaison plan 照例
看 期限 escalation.review_due 2020-10-09 09:00      # 复核日在假期里，顺延到节后第一天
看 无期限 escalation.warning_due
日 2020-10-09 10:00
看 lamp = green
看 待办 review_long_term office/officer
不准 office/officer review_long_term 照例           # 继续要定新的复核日
办 office/officer review_long_term 照例
  review_at = 2020-11-30
看 期限 escalation.review_due 2020-11-30 09:00
日 2020-11-30 10:00
办 office/officer review_long_term 照例
  review = deadline
  new_due_at = 2020-12-31
看 due_at = 2020-12-31
看 long_term = 否
看 review_at = 无
看 提醒 fgw/chief 长期事项已定办结期限 1次
看 期限 escalation.warning_due 2020-12-28 09:00
日 2020-12-28 09:00
看 lamp = yellow
看 轨迹完整
