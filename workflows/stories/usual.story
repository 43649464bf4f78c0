# “照例”时用的答复，每一步一段。故事只写与它有关的几项，写在下面的盖过这里的，“名字 = 略”去掉一项。
照例 register
  source = provincial
  basis = 黔府办发〔2020〕12号 二（四）
  has_basis = 是
  received_at = 现在
  leader_post = gov/deputy
  title = 清理地方性法规并公布保留目录
  requirement = 全面清理出台的地方性法规，保留的分行业汇总公布
  evidence = 清理结果表和公布网址
  matter_class = important
  lead_unit = fgw
  due_at = 2020-09-30
照例 approve
  key_matter = 否
  approval = agreed
照例 sign
照例 plan
  answer = accept
  deploy_note = 已研究部署，明确专人负责
  items = [{"task": "逐件清理", "responsibility": "法规处处长", "measure": "分行业列表", "result": "9月中旬完成目录"}]
照例 rule_on_return
  ruling = keep
  ruling_reason = 属于该单位的法定职责
照例 co_sign
照例 co_report
  co_result = 已按分工办完，材料送牵头单位
照例 handle
  result_note = 已按办结标准逐项办完
  progress_percent = 100
照例 rework
  result_note = 已补齐指出的问题
  progress_percent = 100
照例 report
  progress = smooth
  report_text = 按计划推进，已完成过半
  progress_percent = 60
  milestone_missed = 否
照例 review_report
  milestone_missed = 否
  report_ruling = accepted
照例 catch_up
  catch_up_plan = 增派人手，每周调度，月底前补上进度
照例 apply
  extension_go = apply
  reason = 涉及部门多，征求意见的时间不够
  progress_percent = 70
  progress_note = 已完成初步清理，延期后逐件复核
照例 chief_review
  chief_agrees = 是
照例 office_review
  office_opinion = 理由属实，拟同意
  office_suggests = grant
照例 decide
  extension_granted = 是
照例 request
  result_report = 已全部办完，结果已经公布
  progress_percent = 100
照例 review
  review_ok = 是
  proposed = C
  grade_basis = ["3a"]
照例 verify
  verified_ok = 是
  verify_date = 今天
  verify_place = 牵头单位
  verify_people = 督查员2人
  verify_note = 随机核对，属实
照例 deputy
  deputy_agrees = 是
  proposed = C
照例 principal
  principal_agrees = 是
  proposed = C
照例 feedback
  feedback_text = 已按要求办结并移交使用
照例 draft
  notice_text = 期限届满仍未办结，请限期办结并报告
  notice_scope = system
照例 endorse
  endorsed = agreed
照例 judge_impact
  impact_reason = 进度滞后，没有影响全局
  impact = none
照例 consent_transfer
  transfer_agreed = 是
照例 review_long_term
  review = confirm
  review_note = 工作常态开展，继续推进
