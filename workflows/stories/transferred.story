故事 秘书科室督办未果，主要领导同意后移交督查室
依据 P03-01 P03-02 P03-03 P03-05 P03-09 P03-10 A04 A05
政府 cz 2022-02-07 09:00
立项 secretary1/officer 照例
  source = meeting
  lead_unit = dept_a
  due_at = 2022-03-31
办 dept_a/liaison sign
办 dept_a/liaison plan 照例
日 2022-04-01 09:00
看 待办 draft secretary1/officer
办 secretary1/officer draft 照例
办 secretary1/head endorse 照例
看 level = 1
看 扣分 dept_a 0                          # 长治市没有扣分的规定
看 level_limit_at = 2022-04-11
日 2022-04-12 09:00
看 待办 consent_transfer gov/principal
不准 gov/principal consent_transfer       # 不同意要写一句
  transfer_agreed = 否
办 gov/principal consent_transfer 照例
看 supervisor_unit = supervision
看 待办 draft supervision/officer
看 事件 fact.changed supervision
办 supervision/officer draft 照例
办 gov/deputy endorse 照例
看 level = 2
看 honours_lost = 否
看 轨迹完整
