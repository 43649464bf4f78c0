故事 约谈还没有审定，事情先办结了：约谈随之终止，不再发通知
依据 P05-02 P07-03
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
办 fgw/liaison plan 照例
日 2020-09-28 10:00
开 office/officer interview
办 office/officer prepare 照例
看 待办 decide gov/deputy
办 fgw/liaison handle 照例
办 fgw/liaison request 照例
办 office/officer review 照例
办 office/officer verify 照例
办 gov/deputy deputy 照例
看 在走 interview 0份
看 无待办 decide
看 事件 instance.cancelled 准予办结
不准 office/officer interview 没有在办
看 轨迹完整
