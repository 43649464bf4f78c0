故事 M19 四个十工程：造成重大影响，主要领导审定查办，三级共扣3分
依据 P03-08 P03-09 P03-10 P03-11 P03-12 P11-05 P25-17 A03 A04
政府 zs 2013-04-26 09:00
立项 supervision/officer 照例
  title = 四个十工程制定时间进度表
  basis = 柞水县政府工作执行年活动实施方案 三2
  source = work_report
  lead_unit = xmb
  due_at = 2013-06-30
办 xmb/liaison sign
办 xmb/liaison plan 照例
日 2013-07-01 10:00
办 supervision/officer draft 照例
办 supervision/head endorse 照例
  endorsed = returned
  opinion = 写明滞后的项目
看 level = 0
看 通知 督办 draft 1件
办 supervision/officer draft 照例
办 supervision/head endorse 照例
看 扣分 xmb 0.5
看 提醒 xmb/liaison 督办通知书〔2013〕督办字第1号已下发，请在7月8日 1次
看 提醒 xmb/chief 督办通知书〔2013〕督办字第1号已下发，请在7月8日 1次
日 2013-07-09 10:00
办 supervision/officer draft 照例
办 gov/deputy endorse 照例
看 扣分 xmb 1.5
日 2013-07-25 10:00
办 supervision/head judge_impact 照例
  impact = major
  impact_reason = 影响全县发展大局
看 待办 draft supervision/officer
办 supervision/officer draft 照例
看 待办 endorse gov/principal
看 扣分 xmb 1.5
办 gov/principal endorse 照例
看 level = 3
看 level_label = 查办
看 扣分 xmb 3
看 通知 督办 issued 1件
看 通知 催办 issued 1件
看 通知 查办 issued 1件
看 在走 escalation 0份                     # 移交问责，看护到此为止
看 待办 handle xmb/liaison                 # 事项仍要办结
办 xmb/liaison handle 照例
办 xmb/liaison request 照例
办 supervision/officer review 照例
  proposed = E
  grade_basis = ["5a"]
办 gov/deputy deputy 照例
  proposed = E
看 late = 是
办 xmb/liaison feedback 照例
看 结束
看 轨迹完整
