故事 停机十五个工作日：催签收只来一次，说明代表15次
依据 P01-14 P03-05 A11
政府 gz 2020-05-07 09:00
立项 office/officer 照例
日 2020-05-07 16:00
看 期限 matter.not_signed 2020-05-08 09:00
看 期限 matter.not_conveyed 2020-05-09 09:00
睡到 2020-05-27 10:00                     # 9日（周六）调休上班
看 提醒 fgw/liaison 请签收 1次
看 提醒 fgw/liaison 请签收 代替15次
看 提醒 office/officer 未按时传达 1次
看 期限 matter.not_signed 2020-05-28 09:00
日 2020-05-28 09:00                       # 恢复以后每个工作日照常
看 提醒 fgw/liaison 请签收 2次
看 提醒 fgw/liaison 请签收 代替1次
办 fgw/liaison sign
日 2020-05-29 09:00
看 提醒 fgw/liaison 请签收 2次
看 轨迹完整
