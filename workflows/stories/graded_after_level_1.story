故事 督办过一次才办结的，系统拟评落实不力，由人定
依据 P05-11 P03-08 A02
政府 gz 2020-05-07 09:00
立项 office/officer 照例
  due_at = 2020-05-20
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-05-21 10:00
办 office/officer draft 照例
办 office/head endorse 照例
看 level = 1
办 fgw/liaison handle 照例
办 fgw/liaison request 照例
看 proposed = D
看 轨迹完整
