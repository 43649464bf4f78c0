故事 没有依据的任务报谁批：长治一律报主要领导
依据 P01-30 P03-01
政府 cz 2022-02-07 09:00
立项 secretary1/officer 照例
  title = 研究制定年度抓落实清单
  source = meeting
  has_basis = 否
  matter_class = routine
  lead_unit = dept_a
  due_at = 2022-03-31
看 待办 approve gov/principal             # 常规事项也报主要领导
办 gov/principal approve 照例
看 待办 sign dept_a/liaison
看 轨迹完整
