故事 申请没有获批后给三个工作日宽限再拟稿，期间办结就不拟
依据 P02-04 P03-05 A07
政府 gz 2020-05-07 09:00
参数 grace_days = 3
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-30 16:00
办 fgw/liaison handle 照例
办 fgw/liaison request 照例
日 2020-10-09 10:00
办 office/officer review 照例
  review_ok = 否
  proposed = 略
  grade_basis = 略
  review_opinion = 缺一个行业
看 lamp = red
看 无待办 draft
看 期限 notice.grace 2020-10-13 10:00
日 2020-10-12 10:00
办 fgw/liaison rework 照例
办 fgw/liaison request 照例
办 office/officer review 照例
办 office/officer verify 照例
办 gov/deputy deputy 照例
看 通知 督办 draft 0件
看 无期限 notice.grace
看 late = 是
看 轨迹完整
