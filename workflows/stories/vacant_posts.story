故事 岗位空着：任务按表转给别的岗位，事项不停在那里
依据 P00-03 P00-08 P00-17
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
开 fgw/liaison extension
空 office/officer
空 gov/deputy
办 fgw/liaison apply 照例
  new_due_at = 2020-10-30
办 fgw/chief chief_review 照例
看 待办 office_review office/head         # 没有督查员，由负责人办
看 事件 task.redirected 督查员
办 office/head office_review 照例
  new_due_at = 2020-10-30
看 待办 decide gov/principal              # 没有分管领导，由主要领导办
办 gov/principal decide 照例
  new_due_at = 2020-10-30
看 文书 延期批复 1份 2020年10月30日
看 轨迹完整
