故事 延期申请的几道门：单位负责人不同意，期限过了不受理，再延报主要领导
依据 P02-01 P02-02 P00-18 A06
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-21 10:00
不准 gxt/liaison extension 办               # 只有牵头单位能申请
开 fgw/liaison extension
不准 fgw/liaison apply 照例               # 新的期限要在原期限以后
  new_due_at = 2020-09-30
不准 gxt/liaison apply 照例               # 别的单位不能替它申请
  new_due_at = 2020-10-23
办 fgw/liaison apply 照例
  new_due_at = 2020-10-23
办 fgw/chief chief_review 照例
  chief_agrees = 否
  chief_opinion = 抓紧办，不延
看 在走 extension 0份
看 extension_pending = 否
看 lamp = green
开 fgw/liaison extension                  # 想想还是要延
办 fgw/liaison apply 照例
  new_due_at = 2020-10-23
办 fgw/chief chief_review 照例
办 office/officer office_review 照例
  new_due_at = 2020-10-16                 # 督查室调整日期
办 gov/deputy decide 照例
  new_due_at = 2020-10-20                 # 领导再调整
看 due_at = 2020-10-20
日 2020-10-19 10:00
开 fgw/liaison extension                  # 第二次延期，报主要领导
办 fgw/liaison apply 照例
  new_due_at = 2020-11-20
办 fgw/chief chief_review 照例
办 office/officer office_review 照例
  new_due_at = 2020-11-20
看 待办 decide gov/principal
办 gov/principal decide 照例
  new_due_at = 2020-11-20
看 extension_count = 2
看 original_due_at = 2020-09-30
日 2020-11-20 15:00
开 fgw/liaison extension
看 待办 apply fgw/liaison
日 2020-11-23 09:00                       # 期限已过，没有递上来的不受理
看 无待办 apply
看 在走 extension 0份
看 响过 too_late 1次
看 due_at = 2020-11-20
看 待办 draft office/officer
看 轨迹完整
