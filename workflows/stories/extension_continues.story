故事 一级督办以后又获延期：默认从一级重新起算，已下发的留着
依据 P02-03 P03-08 P11-05 A07
政府 zs 2013-04-26 09:00
立项 supervision/officer 照例
  source = work_report
  lead_unit = xmb
  due_at = 2013-06-30
办 xmb/liaison sign
办 xmb/liaison plan 照例
日 2013-07-01 10:00
办 supervision/officer draft 照例
办 supervision/head endorse 照例
看 level = 1
改 due_at = 2013-08-31 因 县长办公会同意延期
看 lamp = green
看 level = 0
看 level_limit_at = 无
看 扣分 xmb 0.5
看 通知 督办 issued 1件
日 2013-09-02 09:00
看 lamp = red
办 supervision/officer draft 照例
办 supervision/head endorse 照例
看 level = 1
看 通知 督办 issued 2件
看 扣分 xmb 1
看 轨迹完整
