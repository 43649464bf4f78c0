故事 领导不予下发：五个工作日后再提，不扣分；再提时办结在审的先等结果
依据 P03-05 P03-08 P03-09 P03-11 P03-12 A04
政府 zs 2013-04-26 09:00
立项 supervision/officer 照例
  source = work_report
  lead_unit = xmb
  due_at = 2013-06-30
办 xmb/liaison sign
办 xmb/liaison plan 照例
日 2013-07-01 10:00
办 supervision/officer draft 照例
不准 supervision/head endorse 意见
  endorsed = refused
办 supervision/head endorse 照例
  endorsed = refused
  opinion = 单位已有进展，暂不下发
看 通知 督办 declined 1件
看 事件 notice.declined 不予下发：单位已有进展，暂不下发
看 无待办 draft
看 level = 0
看 扣分 xmb 0
看 期限 notice.reissue 2013-07-08 10:00
日 2013-07-08 10:00
看 通知 督办 draft 1件
办 supervision/officer draft 照例
办 supervision/head endorse 照例
  endorsed = refused
  opinion = 再等一周
日 2013-07-10 10:00
办 xmb/liaison handle 照例
办 xmb/liaison request 照例
日 2013-07-15 10:00                        # 再提的那天办结在审：等结果
看 响过 reissue 2次
看 无待办 draft
办 supervision/officer review 照例
办 gov/deputy deputy 照例
看 通知 督办 draft 0件
看 通知 督办 issued 0件
看 level = 0
看 late = 是
办 xmb/liaison feedback 照例
看 结束
看 轨迹完整
