故事 紧急事项一事一报：当日传达，退回补充，报完不再报
依据 P01-15 P04-06 P04-08 P04-09 P04-14 A12
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  matter_class = urgent
  title = 妥善处置供水突发情况
  due_at = 2020-05-29
看 待办 report fgw/liaison                # 随时可报，没有报告日
看 无期限 reporting.report_due
看 期限 matter.not_conveyed 2020-05-08 09:00
日 2020-05-08 09:00                       # 当日没有签收，次日上班即报告
看 提醒 office/officer 未按时传达 1次
办 fgw/liaison sign
办 fgw/liaison plan 照例
办 fgw/liaison report 照例
日 2020-05-09 09:00                       # 满1个工作日没有审阅，提醒
看 提醒 office/officer 进展报告待审阅 1次
不准 office/officer review_report 照例    # 退回要写补什么
  report_ruling = returned
办 office/officer review_report 照例
  report_ruling = returned
  reply = 写明受影响的户数
看 待办 report fgw/liaison
办 fgw/liaison report 照例
办 office/officer review_report 照例
看 待办 report fgw/liaison                # 收悉以后，有事再报
看 late_reports = 0
办 fgw/liaison report 照例
  progress = blocked
  difficulty = 备用管线没有接通
  proposal = 请住建部门支援
看 提醒 gov/deputy 落实遇到困难 1次
不准 office/officer review_report 照例    # 有困难必须答复
办 office/officer review_report 照例
  advice = 已商住建部门当日到场
  report_ruling = finished
看 无待办 report
看 在走 reporting 0份
看 待办 handle fgw/liaison
看 轨迹完整
