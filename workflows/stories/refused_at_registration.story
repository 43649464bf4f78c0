故事 M27 市应急平台体系建设方案：没有牵头单位，没有期限，立项不了
依据 P01-12 P01-27 P01-31 A29
政府 ms 2022-04-01 09:00
不准 office/officer 立项 牵头单位 时限
  title = 制定并实施市应急平台体系建设方案
  source = work_report
  basis = 提高效率抓落实意见 （十）
  has_basis = 是
  received_at = 2022-04-01T08:30:00+08:00
  leader_post = gov/deputy
  requirement = 制定市应急平台体系建设方案并组织实施
  evidence = 方案印发
  matter_class = important
不准 office/officer 立项 照例            # 长期事项也要有复核日
  lead_unit = dept_a
  due_at = 略
  long_term = 是
不准 office/officer 立项 照例            # 期限不能已经过去
  lead_unit = dept_a
  due_at = 2022-03-31
立项 office/officer 照例                 # 定了牵头单位和期限，才立得了
  title = 制定并实施市应急平台体系建设方案
  lead_unit = dept_a
  due_at = 2022-12-31
看 stage = 签收
看 status = open
看 事件 instance.started 事项全生命周期
看 轨迹完整
