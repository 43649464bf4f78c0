故事 季度通报：审核退一次，签发退一次，签发后编号印发，反馈政府和承办单位
依据 P06-02 P06-03 P06-08 A28
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  due_at = 2020-12-31
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-10-12 10:00
不准 fgw/liaison bulletin                # 由督查室起草
开 office/officer bulletin
看 待办 draft office/officer
看 应办 draft 2020-10-13
办 office/officer draft
  bulletin_go = review
  bulletin_title = 关于2020年第三季度督办情况的通报
  bulletin_period = 2020年第三季度
  bulletin_since = 2020-07-01
  bulletin_until = 2020-09-30
  bulletin_text = 总的情况良好，还有事项超期没有办结。
不准 office/head review                  # 退回要写一句
  bulletin_ready = 否
办 office/head review
  bulletin_ready = 否
  opinion = 写明下一步要求
看 待办 draft office/officer
办 office/officer draft
  bulletin_go = review
  bulletin_title = 关于2020年第三季度督办情况的通报
  bulletin_period = 2020年第三季度
  bulletin_since = 2020-07-01
  bulletin_until = 2020-09-30
  bulletin_text = 总的情况良好，还有事项超期没有办结，请限期办结。
过 2个工作日                              # 满1个工作日（approval_days），只提醒
看 提醒 office/head 通报待审核 1次
办 office/head review
  bulletin_ready = 是
看 待办 sign gov/principal
过 2个工作日
看 提醒 gov/principal 通报待签发 1次
办 gov/principal sign
  bulletin_agreed = 否
  opinion = 期限要写明白
看 文书 通报 0份
办 office/officer draft
  bulletin_go = review
  bulletin_title = 关于2020年第三季度督办情况的通报
  bulletin_period = 2020年第三季度
  bulletin_since = 2020-07-01
  bulletin_until = 2020-09-30
  bulletin_text = 总的情况良好，还有事项超期没有办结，请10月底前办结。
办 office/head review
  bulletin_ready = 是
办 gov/principal sign
  bulletin_agreed = 是
看 文书 通报 1份 省发展改革委          # 单位情况在签发那一刻统计
看 提醒 gov/deputy 通报已经印发 1次          # 反馈政府和承办单位主要负责人
看 提醒 fgw/chief 通报已经印发 1次
看 在走 bulletin 0份
看 轨迹完整
