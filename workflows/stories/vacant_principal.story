故事 没有主要领导，由主持工作的领导批；没有联络员，由单位负责人办；一个人都没有，督查室负责人兜底
依据 P00-02 P00-11 P00-17 P00-18 P00-22
政府 gz 2020-05-07 09:00
空 gov/principal
立项 office/officer 照例
  has_basis = 否
看 待办 approve gov/deputy
空 fgw/liaison
办 gov/deputy approve 照例
看 待办 sign fgw/chief
空 fgw/chief
办 fgw/chief sign
看 待办 plan office/head
看 轨迹完整
