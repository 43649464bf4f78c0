故事 M19 四个十工程：督办、催办，人判断没有重大影响，不到查办
依据 P03-05 P03-08 P03-09 P03-10 P03-11 P11-05 P25-17 P05-11 P05-12 P01-30 A02 A03 A04 A10
政府 zs 2013-04-26 09:00
立项 supervision/officer 照例
  title = 四个十工程制定时间进度表
  basis = 柞水县政府工作执行年活动实施方案 三2
  source = work_report
  requirement = 四个十工程逐个制定时间进度表，突出重点，克难攻坚
  evidence = 时间进度表
  lead_unit = xmb
  due_at = 2013-06-30
看 期限 escalation.warning_due 2013-06-26 09:00
办 xmb/liaison sign
办 xmb/liaison plan 照例
日 2013-07-01 10:00
看 lamp = red
看 level = 0
看 扣分 xmb 0                              # 到期只拟稿，没有后果
看 通知 督办 draft 1件
看 待办 draft supervision/officer
办 supervision/officer draft 照例
看 待办 endorse supervision/head
不准 gov/deputy endorse 照例
办 supervision/head endorse 照例
看 通知 督办 issued 1件
看 level = 1
看 level_label = 督办
看 扣分 xmb 0.5
看 honours_lost = 否
看 level_limit_at = 2013-07-08
看 提醒 xmb/chief 督办 1次
日 2013-07-08 18:00
看 无待办 draft
日 2013-07-09 09:00
看 待办 draft supervision/officer
办 supervision/officer draft 照例
看 待办 endorse gov/deputy
日 2013-07-10 09:00                        # 满1个工作日没有审定，提醒，不自动签发
看 提醒 gov/deputy 催办通知待审定 1次
看 level = 1
办 gov/deputy endorse 照例
看 level = 2
看 扣分 xmb 1.5
看 honours_lost = 是
看 level_limit_at = 2013-07-24
日 2013-07-25 09:00
看 待办 judge_impact supervision/head
看 无待办 draft
办 supervision/head judge_impact 照例
看 无待办 draft
看 扣分 xmb 1.5
看 期限 escalation.judge_again 2013-08-26 09:00
日 2013-08-26 10:00                        # 一个月后再研判
看 待办 judge_impact supervision/head
看 level = 2
办 xmb/liaison handle 照例
办 xmb/liaison request 照例
看 late_reports = 1                        # 五月的月报一直没报
看 proposed = E                            # 系统按事实拟一个，等级由人定
办 supervision/officer review 照例
  proposed = D
  grade_basis = ["4b"]
办 gov/deputy deputy 照例                  # 柞水县书面核验
  proposed = D
看 late = 是
看 grade = D
看 无待办 judge_impact
看 在走 escalation 0份
看 扣分 xmb 1.5                            # 已扣的不退
看 points = 1.5
办 xmb/liaison feedback 照例
看 结束
看 轨迹完整
