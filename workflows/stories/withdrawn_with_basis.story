故事 凭依据立项、没有审批人的，由督办单位负责人撤销
依据 P01-23 P01-30 A26
政府 gz 2020-05-07 09:00
立项 office/officer 照例
办 fgw/liaison sign
不准 office/officer 撤销 由省政府办公厅·督查室负责人决定
撤销 office/head 依据的文件已经废止
看 status = withdrawn
看 结束
看 轨迹完整
