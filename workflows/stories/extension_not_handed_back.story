故事 期限前申请，期限过了还在初审：不能再退回补充，由领导批，批以前不拟督办通知
依据 P02-01 P02-02 P02-04 P03-05 A06 A07
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-29 16:00
开 fgw/liaison extension
办 fgw/liaison apply 照例
  new_due_at = 2020-10-23
办 fgw/chief chief_review 照例
日 2020-10-09 10:00
看 lamp = red
看 无待办 draft
不准 office/officer office_review 意见       # 期限已过，没有“退回补充”
  new_due_at = 2020-10-23
  office_opinion = 材料不齐
  office_suggests = return
看 extension_pending = 是
办 office/officer office_review
  new_due_at = 2020-10-23
  office_opinion = 材料不齐，拟不同意
  office_suggests = refuse
看 无待办 draft
办 gov/deputy decide 照例
  new_due_at = 2020-10-23
  extension_granted = 否
  opinion = 理由不充分
看 待办 draft office/officer
看 轨迹完整
