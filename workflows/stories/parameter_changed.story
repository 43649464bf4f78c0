故事 预警提前几天由参数定，改了以后在办的也跟着改
依据 P03-06 P01-30
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  due_at = 2020-07-31
办 fgw/liaison sign
办 fgw/liaison plan 照例
看 期限 escalation.warning_due 2020-07-28 09:00
参数 warning_days = 5
看 期限 escalation.warning_due 2020-07-24 09:00
看 事件 timer.moved 2020-07-24
日 2020-07-24 08:59
看 lamp = green
日 2020-07-24 09:00
看 lamp = yellow
看 响过 warning_due 1次
日 2020-07-28 10:00                       # 原来的那一天不再响
看 响过 warning_due 1次
看 轨迹完整
