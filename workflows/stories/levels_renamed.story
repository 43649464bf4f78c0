故事 三级另有名称：通知、文书都照参数叫，文书里的上一级、下一级也是
依据 P03-08 P03-10 P03-12 P11-05 A04
政府 zs 2013-04-26 09:00
参数 level_1_label = 提醒
参数 level_2_label = 挂牌
参数 level_3_label = 立案
立项 supervision/officer 照例
  source = work_report
  lead_unit = xmb
  due_at = 2013-06-30
办 xmb/liaison sign
办 xmb/liaison plan 照例
日 2013-07-01 10:00
办 supervision/officer draft 照例
办 supervision/head endorse 照例
看 level_label = 提醒
看 文书 提醒 1份 "下一级":"挂牌"
日 2013-07-09 10:00
办 supervision/officer draft 照例
办 gov/deputy endorse 照例
看 文书 挂牌 1份 "上一级":"提醒"
看 文书 挂牌 1份 "下一级":"立案"
日 2013-07-25 10:00
办 supervision/head judge_impact 照例
  impact = major
  impact_reason = 影响全县发展大局
办 supervision/officer draft 照例
办 gov/principal endorse 照例
看 文书 立案 1份 "上一级":"挂牌"
看 文书 立案 1份 "下一级":""
看 轨迹完整
