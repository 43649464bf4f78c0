故事 怎样核验按类别定：贵州常规、紧急事项也逐一现场核验
依据 P05-16 A16 P05-08
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  matter_class = routine
  due_at = 2020-05-20
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-05-20 10:00                       # 最后一天申请，不早也不晚
办 fgw/liaison handle 照例
办 fgw/liaison request 照例
看 proposed = C
办 office/officer review 照例
看 待办 verify office/officer
立项 office/officer 照例
  matter_class = urgent
  due_at = 2020-05-29
办 fgw/liaison sign
办 fgw/liaison plan 照例
办 fgw/liaison handle 照例
办 fgw/liaison request 照例
办 office/officer review 照例
看 待办 verify office/officer
看 轨迹完整
