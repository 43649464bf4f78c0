故事 立项审批：满一个工作日提醒，退回修改，再送同意
依据 P01-30 P01-12 P01-24 P01-37 A17 A26
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  has_basis = 否
看 待办 approve gov/principal             # 重要事项报主要领导
看 status = draft
看 在走 escalation 0份
日 2020-05-08 09:00
看 提醒 gov/principal 立项待审批 1次
日 2020-05-11 09:00
看 提醒 gov/principal 立项待审批 1次      # 只提醒一次，不自动通过
看 待办 approve gov/principal
不准 gov/principal approve 照例           # 退回要写一句
  approval = returned
不准 gov/deputy approve 照例
办 gov/principal approve 照例
  approval = returned
  opinion = 协办单位要写上司法厅
看 待办 register office/officer
办 office/officer register 照例
  has_basis = 否
  co_units = ["sft"]
  co_duty = 会同审查
  co_due_at = 2020-08-31
办 gov/principal approve 照例
  key_matter = 是
看 key_matter = 是
看 status = open
看 待办 sign fgw/liaison
看 提醒 sft/liaison 立项通知 1次
看 轨迹完整
