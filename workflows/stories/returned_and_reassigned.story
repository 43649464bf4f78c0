故事 签收后一个工作日内可以退办：维持一次，改派一次，只有一只闹钟
依据 P00-23 P01-24 P01-27 P01-32 A32
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
不准 fgw/liaison plan                     # 退办要写理由
  answer = return
办 fgw/liaison plan
  answer = return
  return_reason = 不属于本单位的法定职责
看 待办 rule_on_return office/officer
办 office/officer rule_on_return 照例
看 待办 plan fgw/liaison
办 fgw/liaison plan
  answer = return
  return_reason = 请看三定规定，不属于本单位
不准 office/officer rule_on_return 照例   # 改派要选另一个单位
  ruling = reassign
  lead_unit = fgw
办 office/officer rule_on_return 照例
  ruling = reassign
  lead_unit = sft
  ruling_reason = 法规清理由司法厅承办
看 lead_unit = sft
看 待办 sign sft/liaison
看 due_at = 2020-09-30                    # 期限不变
看 通知 立项 issued 2件
看 在走 escalation 1份
看 在走 reporting 1份
看 提醒 sft/liaison 立项通知 1次
办 sft/liaison sign
日 2020-05-11 10:00
不准 sft/liaison plan 不能退办
  answer = return
  return_reason = 人手不够，办不了这件事
办 sft/liaison plan 照例
看 待办 handle sft/liaison
日 2020-09-27 10:00
看 提醒 sft/liaison 办结期限将到 1次
看 响过 warning_due 1次
看 轨迹完整
