故事 单位拖到期限后才上报延期：红灯、督办稿已拟；批准了，没签发的稿撤回
依据 P02-03 P03-05 P11-05 A07
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-30 17:00
开 fgw/liaison extension
办 fgw/liaison apply 照例
  new_due_at = 2020-11-30
日 2020-10-09 09:30
看 lamp = red
办 office/officer draft 照例
办 fgw/chief chief_review 照例
看 待办 endorse office/head               # 稿已送审，在审也不撤
看 lamp = red
办 office/officer office_review 照例
  new_due_at = 2020-11-30
办 gov/deputy decide 照例
  new_due_at = 2020-11-30
看 无待办 endorse
看 无待办 draft
看 通知 督办 withdrawn 1件
看 通知 督办 issued 0件
看 level = 0
看 lamp = green
日 2020-11-25 09:00
看 lamp = yellow
看 轨迹完整
