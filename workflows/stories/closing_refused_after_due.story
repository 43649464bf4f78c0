故事 期限后才审完办结申请：在审不督办，不予办结就当即拟稿，期限不变
依据 P05-01 P05-04 P05-08 P05-09 P03-05 P03-08 A07 A18
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-29 16:00
办 fgw/liaison handle 照例
办 fgw/liaison request 照例
看 lamp = grey
看 late_reports = 1
看 proposed = C                           # 提前办完，但月报迟过
日 2020-10-12 10:00                       # 五个工作日没有审完，提醒督查室
看 lamp = red
看 无待办 draft
看 响过 review_slow 0次
日 2020-10-14 17:00
看 提醒 office/officer 办结申请待审 1次
看 提醒 office/head 办结申请待审 1次
办 office/officer review 照例
  review_ok = 否
  proposed = 略
  grade_basis = 略
  review_opinion = 公布网址没有附
看 待办 rework fgw/liaison
看 待办 draft office/officer              # 一级督办当即拟稿
看 due_at = 2020-09-30
看 closing_pending = 否
看 lamp = red
办 fgw/liaison rework 照例
办 fgw/liaison request 照例
办 office/officer review 照例
办 office/officer verify 照例
办 gov/deputy deputy 照例
看 late = 是                              # 看准予的那一次申请
看 result = closed
看 无待办 draft
看 通知 督办 withdrawn 1件
看 通知 督办 issued 0件
看 轨迹完整
