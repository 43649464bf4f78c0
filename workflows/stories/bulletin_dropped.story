故事 通报点错了、不用发了：起草时不发，退回以后也可以不发，不占编号
依据 P06-02 P06-03
政府 gz 2020-10-12 09:00
立项 office/officer 照例
  due_at = 2020-12-31
开 office/officer bulletin
不准 office/officer draft 为什么不发
  bulletin_go = drop
办 office/officer draft
  bulletin_go = drop
  bulletin_why_not = 点错了
看 在走 bulletin 0份
开 office/officer bulletin
不准 office/officer draft 统计到哪天 不能早于
  bulletin_title = 关于2020年第三季度督办情况的通报
  bulletin_period = 2020年第三季度
  bulletin_since = 2020-09-30
  bulletin_until = 2020-07-01
  bulletin_text = 总的情况良好，还有事项超期没有办结。
办 office/officer draft
  bulletin_go = review
  bulletin_title = 关于2020年第三季度督办情况的通报
  bulletin_period = 2020年第三季度
  bulletin_since = 2020-07-01
  bulletin_until = 2020-09-30
  bulletin_text = 总的情况良好，还有事项超期没有办结。
办 office/head review
  bulletin_ready = 否
  opinion = 并到全年通报里
办 office/officer draft
  bulletin_go = drop
  bulletin_why_not = 并到全年通报里
看 在走 bulletin 0份
看 文书 通报 0份
看 轨迹完整
