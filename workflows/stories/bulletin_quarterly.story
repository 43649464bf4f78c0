故事 按季度通报：每季度首个工作日交督查员起草，发不发由人定；参数改为不定期的，不再自己开始
依据 P06-02 P06-08
政府 cz 2022-01-29 09:00
立项 supervision/officer 照例
  lead_unit = dept_a
  due_at = 2023-12-29
日 2022-04-01 08:59
看 无待办 draft
日 2022-04-01 09:00
看 待办 draft supervision/officer
看 应办 draft 2022-04-02
办 supervision/officer draft
  bulletin_go = drop
  bulletin_why_not = 并到上半年通报里
看 在走 bulletin 0份
日 2022-07-01 09:00
看 待办 draft supervision/officer
办 supervision/officer draft
  bulletin_go = drop
  bulletin_why_not = 并到全年通报里
日 2022-10-07 18:00                       # 国庆放假
看 无待办 draft
日 2022-10-08 09:00                       # 周六，调休上班
看 待办 draft supervision/officer
办 supervision/officer draft
  bulletin_go = drop
  bulletin_why_not = 并到全年通报里
日 2023-01-02 18:00                       # 元旦放假：季度已经开始，还没有上班
看 在走 bulletin 1份
参数 bulletin_cycle = none
日 2023-01-03 09:00                       # 上班前改为不定期的，不再交人起草
看 无待办 draft
看 在走 bulletin 0份
参数 bulletin_cycle = quarter
日 2023-04-03 09:00
看 待办 draft supervision/officer
参数 bulletin_cycle = none
办 supervision/officer draft
  bulletin_go = drop
  bulletin_why_not = 今后不定期通报
日 2023-06-01 09:00
看 在走 bulletin 0份
参数 bulletin_cycle = quarter
睡到 2023-11-20 10:00                     # 停机时错过的两个季度，只开始一次
看 待办 draft supervision/officer
看 在走 bulletin 1份
看 轨迹完整
