故事 重点企业和项目库：进度严重滞后，约谈牵头单位
依据 P07-03 P07-04
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-10-12 09:00
开 office/officer interview
办 office/officer prepare 照例
  interview_time = 2020年10月14日9时
  interview_place = 办公厅302会议室
看 待办 decide office/head
办 office/head decide
  interview_agreed = 是
看 提醒 fgw/chief 约谈通知 1次
看 事件 document.issued 约谈
看 在走 interview 0份
开 office/officer interview
办 office/officer prepare 照例
办 office/head decide
  interview_agreed = 否
  opinion = 单位已经当面说明
看 在走 interview 0份
