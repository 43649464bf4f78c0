故事 M05 重点企业和项目库：从立项到销号，提前办结
依据 P01-30 P01-32 P01-14 P01-25 P01-35 P04-13 P03-06 P05-01 P05-02 P05-03 P05-07 P05-16 P05-17 P01-23
政府 gz 2020-05-07 09:00
立项 office/officer
  source = provincial
  basis = 黔府办发〔2020〕12号 二（三）
  has_basis = 否
  received_at = 2020-05-07T08:40:00+08:00
  leader_post = gov/principal
  title = 建立健全重点企业和项目库
  requirement = 5月底前建立省、市、县分级的重点企业和项目库
  evidence = 库清单（省、市、县分级）
  matter_class = important
  key_matter = 是
  due_at = 2020-05-31
  lead_unit = fgw
  co_units = ["gxt"]
  co_duty = 提供重点工业企业名单
  co_due_at = 2020-05-22
看 待办 approve gov/principal
看 stage = 立项
办 gov/principal approve
  key_matter = 是
  approval = agreed
看 lamp = green
看 待办 sign fgw/liaison
看 通知 立项 issued 1件
看 期限 escalation.warning_due 2020-05-27 09:00
日 2020-05-07 15:00
办 fgw/liaison sign
  handler = 工业处
日 2020-05-08 10:00
办 fgw/liaison plan
  answer = accept
  deploy_note = 5月8日研究部署，成立专班
  consult_note = 已与省工业和信息化厅会商
  items = [{"task": "建库", "responsibility": "产业处处长", "measure": "逐户登记", "result": "库清单"}]
看 待办 handle fgw/liaison
看 待办 co_sign gxt/liaison
办 gxt/liaison co_sign
办 gxt/liaison co_report
  co_result = 已报送238家企业名单
日 2020-05-27 09:00
看 lamp = yellow
看 提醒 fgw/liaison 办结期限将到 1次
日 2020-05-29 10:00
看 待办 report fgw/liaison
办 fgw/liaison report
  progress = smooth
  report_text = 库已建成，正在核对
  progress_percent = 95
  milestone_missed = 否
办 office/officer review_report
  report_ruling = accepted
看 期限 reporting.report_due 2020-06-30 09:00
日 2020-05-29 15:00
办 fgw/liaison handle
  result_note = 省、市、县三级重点企业和项目库已建成
  progress_percent = 100
  wait_co = yes
看 待办 request fgw/liaison
办 fgw/liaison request
  result_report = 库已建成，入库企业238家、项目412个
  progress_percent = 100
看 lamp = grey
看 待办 review office/officer
办 office/officer review
  review_ok = 是
  proposed = B
  grade_basis = ["2"]
看 待办 verify office/officer
办 office/officer verify
  verified_ok = 是
  verify_place = 省发展改革委
  verify_date = 2020-05-29
  verify_people = 督查室2人
  verify_note = 随机核对30家，属实
办 gov/deputy deputy
  proposed = B
  deputy_agrees = 是
办 gov/principal principal
  proposed = B
  principal_agrees = 是
看 lamp = blue
看 grade = B
看 late = 否
看 待办 feedback fgw/liaison
看 无期限 escalation.overdue
办 fgw/liaison feedback
  feedback_text = 已按要求建成并移交使用
看 stage = 销号
看 status = closed
看 结束
看 轨迹完整
