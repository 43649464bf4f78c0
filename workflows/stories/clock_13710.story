故事 长治“13710”：第1天、第3天、第7天、满1个月各提醒一次
依据 P00-20 P01-24 P01-25 P01-30 P02-01 P03-01 P03-02 A05 A09
政府 cz 2022-02-07 09:00
立项 secretary1/officer 照例
  title = 列出清单交办并跟踪督办
  basis = 长治市实施细则 一（一）
  source = meeting
  lead_unit = dept_a
  due_at = 2022-03-31
看 supervisor_unit = secretary1           # 分管领导交办的由秘书科室督办
办 dept_a/liaison sign
看 期限 matter.day_1 2022-02-08 09:00
看 期限 matter.day_3 2022-02-10 09:00
日 2022-02-08 09:00
看 提醒 dept_a/liaison 应在1天内研究部署 1次
日 2022-02-10 09:00
看 提醒 dept_a/liaison 应在3天内反馈 1次
办 dept_a/liaison plan 照例
看 期限 matter.day_7 2022-02-14 09:00
看 期限 matter.month_1 2022-03-07 09:00
日 2022-02-14 09:00
看 提醒 dept_a/liaison 已满7天 1次
日 2022-03-07 09:00
看 提醒 dept_a/liaison 已满1个月 1次
看 提醒 dept_a/liaison 13710 4次
办 dept_a/liaison handle 照例
办 dept_a/liaison request 照例
办 secretary1/officer review 照例
  review_ok = 否
  proposed = 略
  grade_basis = 略
  review_opinion = 请补依据
办 dept_a/liaison rework 照例
看 提醒 dept_a/liaison 13710 4次          # 返工不再从头提醒
看 轨迹完整
