故事 谁看哪些事项：牵头、协办的看自己的，秘书科室看自己督办的，督查室和领导看全部
依据 P03-01 P08-03 A05 A28
政府 cz 2022-01-29 09:00
立项 supervision/officer 照例
  basis = 长政发〔2022〕1号
  received_at = 现在
  lead_unit = dept_a
  co_units = ["county_a"]
  co_duty = 提供名单
  co_due_at = 2022-05-31
  due_at = 2022-06-30
看 看得到 dept_a/liaison
看 看得到 county_a/chief
看 看不到 dept_b/liaison
看 看不到 secretary1/officer
看 看得到 supervision/head
看 看得到 gov/principal
