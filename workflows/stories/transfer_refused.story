故事 主要领导不同意移交，仍由原科室督办；主要领导直接交办的一开始就归督查室
依据 P03-02 P03-03 P03-04 P03-09 A05
政府 cz 2022-02-07 09:00
立项 secretary1/officer 照例
  source = meeting
  lead_unit = dept_a
  due_at = 2022-03-31
办 dept_a/liaison sign
办 dept_a/liaison plan 照例
日 2022-04-01 09:00
办 secretary1/officer draft 照例
办 secretary1/head endorse 照例
日 2022-04-12 09:00
办 gov/principal consent_transfer 照例
  transfer_agreed = 否
  opinion = 再给科室一次机会
看 supervisor_unit = secretary1
看 待办 draft secretary1/officer
看 轨迹完整
立项 secretary2/officer 照例
  source = meeting
  leader_post = gov/principal
  lead_unit = dept_b
  due_at = 2022-05-31
看 supervisor_unit = supervision
看 轨迹完整
