故事 领导不同意立项：留下结果，告知登记的人
依据 P01-23 P01-30
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  has_basis = 否
  matter_class = routine
看 待办 approve gov/deputy                # 常规事项报分管领导
办 gov/deputy approve 照例
  approval = refused
  opinion = 已有同类任务，不另立项
看 result = rejected
看 status = rejected
看 提醒 office/officer 已有同类任务，不另立项 1次
看 事件 action.done 领导不同意立项：已有同类任务
看 在走 escalation 0份
看 结束
看 轨迹完整
