故事 期限落在休息日：默认法定日期不变，可按政府提前或顺延
依据 P01-31 A10
政府 zs 2013-04-26 09:00
立项 supervision/officer 照例
  title = 报送政府工作执行年活动方案
  source = work_report
  lead_unit = town_a
  due_at = 2013-04-30                     # 四月二十九日至五月一日放假
看 due_at = 2013-04-30
日 2013-05-01 18:00
看 lamp = yellow
日 2013-05-02 09:00
看 lamp = red
参数 due_roll = previous
立项 supervision/officer 照例
  source = work_report
  lead_unit = town_b
  due_at = 2013-06-30
看 due_at = 2013-06-28
参数 due_roll = next
立项 supervision/officer 照例
  source = work_report
  lead_unit = town_c
  due_at = 2013-06-30
看 due_at = 2013-07-01
看 轨迹完整
