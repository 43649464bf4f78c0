故事 领导批示的常规事项，由批示的领导本人批，延期也由他批
依据 P01-30 P13-01 P02-01 P02-02 A06
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  source = leader
  has_basis = 否
  matter_class = routine
  leader_post = gov/deputy
  due_at = 2020-05-28
看 待办 approve gov/deputy
办 gov/deputy approve 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-05-18 10:00
开 fgw/liaison extension
办 fgw/liaison apply 照例
  new_due_at = 2020-06-18
办 fgw/chief chief_review 照例
办 office/officer office_review 照例
  new_due_at = 2020-06-18
看 待办 decide gov/deputy
办 gov/deputy decide 照例
  new_due_at = 2020-06-18
看 due_at = 2020-06-18
看 轨迹完整
