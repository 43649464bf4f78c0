故事 长期事项要求收尾：五个工作日内提出办结申请，过了照样督办
依据 P01-31 P03-05 A29
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  long_term = 是
  due_at = 略
  review_at = 2020-08-31
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-08-31 10:00
办 office/officer review_long_term 照例
  review = close
看 due_at = 2020-09-07
看 提醒 fgw/liaison 长期事项已定办结期限 1次
日 2020-09-02 09:00
看 lamp = yellow
看 提醒 fgw/liaison 办结期限将到 1次
日 2020-09-08 09:00
看 lamp = red
看 待办 draft office/officer
办 fgw/liaison handle 照例
办 fgw/liaison request 照例
办 office/officer review 照例
办 office/officer verify 照例
办 gov/deputy deputy 照例
看 late = 是
看 轨迹完整
