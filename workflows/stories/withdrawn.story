故事 撤销立项：由批准的人写明理由，在办的全部停下
依据 P01-23 P01-30 P03-08
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  has_basis = 否
  co_units = ["gxt"]
  co_duty = 报名单
  co_due_at = 2020-08-31
办 gov/principal approve 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
  consult_note = 已会商
日 2020-05-29 10:00
开 fgw/liaison extension
办 fgw/liaison apply 照例
  new_due_at = 2020-10-30
日 2020-10-12 10:00                       # 单位负责人一直没签，已经到期
看 待办 draft office/officer
看 待办 report fgw/liaison
看 待办 co_sign gxt/liaison
不准 office/head 撤销 由省政府·主要领导决定
撤销 gov/principal 上级文件已经废止
看 status = withdrawn
看 result = withdrawn
看 lamp = blue
看 通知 督办 withdrawn 1件
看 无待办 draft
看 无待办 report
看 无待办 handle
看 无待办 chief_review
看 无期限 matter.day_7
看 事件 matter.withdrawn 上级文件已经废止
看 结束
不准 gov/principal 撤销 已经结束
看 轨迹完整
