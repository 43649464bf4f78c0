故事 牵头单位写明理由，不等迟迟不报的协办单位
依据 P01-27 P01-35 P01-44 P05-04
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  co_units = ["gxt", "sft"]
  co_duty = 工信厅报企业名单，司法厅报法规目录
  co_due_at = 2020-06-30
办 fgw/liaison sign
办 fgw/liaison plan 照例
  consult_note = 已与两家会商分工
办 gxt/liaison co_sign
办 gxt/liaison co_report 照例
日 2020-07-10 10:00
看 待办 co_sign sft/liaison
不准 fgw/liaison handle 照例              # 不等要写理由
  wait_co = no
办 fgw/liaison handle 照例
  wait_co = no
  wait_reason = 目录初稿已经够用，不影响办结
看 无待办 co_sign
看 提醒 sft/liaison 不再等待协办结果：目录初稿已经够用，不影响办结 1次
看 提醒 gxt/liaison 不再等待 0次
看 事件 message.caught co_waived
看 待办 request fgw/liaison
办 fgw/liaison request 照例
办 office/officer review 照例
  review_ok = 否
  proposed = 略
  grade_basis = 略
  review_opinion = 补司法厅意见
办 fgw/liaison rework 照例                # 返工不再叫协办单位
看 无待办 co_sign
看 待办 request fgw/liaison
看 轨迹完整
