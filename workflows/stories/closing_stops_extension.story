故事 延期还在审，事情先办结了：没有批的申请随之终止
依据 P02-02 P05-02 P05-16
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-28 10:00
开 fgw/liaison extension
办 fgw/liaison apply 照例
  new_due_at = 2020-10-30
办 fgw/chief chief_review 照例
办 fgw/liaison handle 照例
办 fgw/liaison request 照例
看 lamp = grey
办 office/officer review 照例
办 office/officer verify 照例
办 gov/deputy deputy 照例
看 在走 extension 0份
看 无待办 office_review
看 extension_pending = 否
看 lamp = blue
看 due_at = 2020-09-30
看 late = 否
看 事件 instance.cancelled 准予办结
不准 fgw/liaison extension 没有在办         # 办结以后不能再申请
看 轨迹完整
