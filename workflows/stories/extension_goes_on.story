故事 参数定为“接着走”：延期后从下一级起，二级以后直接研判
依据 P02-03 P03-09 P03-11 A07
政府 zs 2013-04-26 09:00
参数 after_extension = continue
立项 supervision/officer 照例
  source = work_report
  lead_unit = xmb
  due_at = 2013-06-30
办 xmb/liaison sign
办 xmb/liaison plan 照例
日 2013-07-01 10:00
办 supervision/officer draft 照例
办 supervision/head endorse 照例
改 due_at = 2013-08-30 因 县长办公会同意延期
看 level = 1
看 level_label = 督办
日 2013-09-02 09:00
看 通知 催办 draft 1件
办 supervision/officer draft 照例
办 gov/deputy endorse 照例
看 level = 2
改 due_at = 2013-10-31 因 再延一次
日 2013-11-01 09:00
看 待办 judge_impact supervision/head
看 扣分 xmb 1.5
看 轨迹完整
