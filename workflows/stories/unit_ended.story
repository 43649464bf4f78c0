故事 牵头单位撤并了，由接替的单位接着办
依据 P00-17 A24
政府 zs 2018-03-15 09:00
立项 supervision/officer 照例
  has_basis = 否
  lead_unit = jcj
  due_at = 2018-09-30
看 待办 approve gov/principal
日 2018-03-21 09:00
办 gov/principal approve 照例
看 待办 sign jwj/liaison
看 看得到 jwj/liaison
看 轨迹完整
