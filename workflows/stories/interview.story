故事 重点企业和项目库：进度严重滞后，分管领导审定，约谈牵头单位
依据 P07-03 P07-04 A30
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-10-12 09:00
开 office/officer interview
不准 office/officer prepare 事由              # 三种事由，至少选一种
  interview_time = 2020年10月14日9时
  interview_place = 办公厅302会议室
  interviewer = 省政府·分管领导
  interview_people = 省发展改革委主要负责人
  interview_text = 说明没有按期落实的原因。
办 office/officer prepare 照例
  interview_ground = ["进度严重滞后", "整改不到位"]
  interviewer = 省政府·分管领导
  interview_time = 2020年10月14日9时
  interview_place = 办公厅302会议室
看 待办 decide gov/deputy
过 2个工作日                              # 满1个工作日（approval_days），只提醒
看 提醒 gov/deputy 约谈待审定 1次
办 gov/deputy decide
  interview_agreed = 是
  interviewer = 省政府办公厅主任              # 委托相关负责同志
看 提醒 fgw/chief 约谈通知 1次
看 文书 约谈 1份 进度严重滞后、整改不到位
看 文书 约谈 1份 省政府办公厅主任
看 在走 interview 0份
开 office/officer interview
办 office/officer prepare 照例
办 gov/deputy decide
  interview_agreed = 否
  opinion = 单位已经当面说明
看 在走 interview 0份
看 轨迹完整
