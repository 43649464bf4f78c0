故事 期限前申请，期限后准予：看申请的时间，不算逾期
依据 P05-01 P05-02 P05-03 P05-04 P05-07 P05-16 A16 A17
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  key_matter = 是
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-25 10:00
办 fgw/liaison handle 照例
不准 gxt/liaison request 照例              # 只有牵头单位能申请
办 fgw/liaison request 照例
不准 office/officer review 照例            # 不同意要写一句
  review_ok = 否
  proposed = 略
  grade_basis = 略
办 office/officer review 照例
办 office/officer verify 照例              # 一次：核验不属实
  verified_ok = 否
  verify_note = 目录里缺两个行业
看 待办 rework fgw/liaison
看 lamp = green
办 fgw/liaison rework 照例
办 fgw/liaison request 照例
办 office/officer review 照例
办 office/officer verify 照例
日 2020-09-27 10:00                        # 满1个工作日没有批，提醒
看 提醒 gov/deputy 办结待审批 1次
办 gov/deputy deputy 照例                  # 二次：分管领导不同意
  deputy_agrees = 否
  proposed = 略
  opinion = 公布范围不够
办 fgw/liaison rework 照例
办 fgw/liaison request 照例
办 office/officer review 照例
办 office/officer verify 照例
办 gov/deputy deputy 照例
看 待办 principal gov/principal
日 2020-09-28 17:00
看 提醒 gov/principal 重点事项办结待审定 1次
办 gov/principal principal 照例            # 三次：主要领导不同意
  principal_agrees = 否
  proposed = 略
  opinion = 再听一次意见
日 2020-09-30 16:00
办 fgw/liaison rework 照例
办 fgw/liaison request 照例
日 2020-10-12 10:00
看 lamp = red
看 无待办 draft
办 office/officer review 照例
办 office/officer verify 照例
办 gov/deputy deputy 照例
办 gov/principal principal 照例
看 late = 否
看 lamp = blue
看 result = closed
看 轨迹完整
