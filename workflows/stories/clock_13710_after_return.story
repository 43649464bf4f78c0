故事 退办被驳回，重新报清单：13710已经提醒过的不再提醒
依据 P00-20 P00-23 A32
政府 cz 2022-02-07 09:00
立项 secretary1/officer 照例
  source = meeting
  lead_unit = dept_a
  due_at = 2022-03-31
日 2022-02-07 16:00
办 dept_a/liaison sign
日 2022-02-08 08:50
办 dept_a/liaison plan
  answer = return
  return_reason = 应由市直部门B承办这件事
日 2022-02-08 09:30                       # 等裁定时第1天不响
看 提醒 dept_a/liaison 应在1天内 0次
办 secretary1/officer rule_on_return 照例
看 提醒 dept_a/liaison 应在1天内 1次
办 dept_a/liaison plan
  answer = return
  return_reason = 仍请改由市直部门B承办
办 secretary1/officer rule_on_return 照例
看 提醒 dept_a/liaison 应在1天内 1次
看 轨迹完整
