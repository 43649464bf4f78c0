故事 延期申请点错了、不想延了：选“不申请了”，到此为止，期限不变，以后还可以再申请
依据 P02-01 A06
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-21 10:00
开 fgw/liaison extension
不准 fgw/liaison apply 为什么不申请
  extension_go = drop
办 fgw/liaison apply                      # 点错了，别的都不用填
  extension_go = drop
  extension_why_not = 点错了
看 在走 extension 0份
看 无待办 chief_review
看 extension_pending = 否
看 lamp = green
开 fgw/liaison extension                  # 还可以再申请
不准 fgw/liaison apply 为什么延期           # 要申请的，理由还是要写
  extension_go = apply
  new_due_at = 2020-10-23
  progress_percent = 70
  progress_note = 已完成初步清理
办 fgw/liaison apply
  extension_go = drop
  extension_why_not = 单位研究后按期办结
看 在走 extension 0份
看 due_at = 2020-09-30
看 extension_count = 0
看 轨迹完整
