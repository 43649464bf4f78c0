故事 选了“不等”，其实协办都报齐了：照样走得下去
依据 P01-35 P01-44
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  co_units = ["gxt"]
  co_duty = 报企业名单
  co_due_at = 2020-06-30
办 fgw/liaison sign
办 fgw/liaison plan 照例
  consult_note = 已会商分工
办 gxt/liaison co_sign
办 gxt/liaison co_report 照例
办 fgw/liaison handle 照例
  wait_co = no
  wait_reason = 材料已经够用
看 待办 request fgw/liaison
看 提醒 gxt/liaison 不再等待 0次
看 事件 message.unheard co_waived
看 轨迹完整
