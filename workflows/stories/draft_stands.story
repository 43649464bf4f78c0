故事 单位拖到期限后才上报延期：没有批准，已拟的督办稿照发
依据 P02-04 P03-05 P03-08 A07
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-30 17:00
开 fgw/liaison extension
办 fgw/liaison apply 照例
  new_due_at = 2020-11-30
日 2020-10-09 09:30
办 office/officer draft 照例
办 fgw/chief chief_review 照例
办 office/officer office_review 照例
  new_due_at = 2020-11-30
办 gov/deputy decide 照例
  new_due_at = 2020-11-30
  extension_granted = 否
  opinion = 请按期办结
看 待办 endorse office/head
看 通知 督办 draft 1件
看 lamp = red
办 office/head endorse 照例
看 level = 1
看 level_limit_at = 2020-10-15
看 通知 督办 issued 1件
看 轨迹完整
