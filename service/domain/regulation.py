"""Every figure and list of the regulation that the program uses, each with its article.

Source: 渝职鉴发〔2022〕34号. 督 is the supervisor rule (质量督导员管理工作规程), 考 the assessor rule
(考评人员管理工作规程). A figure stands here once; everything else imports it. The grounds of cancellation,
being texts, are in ``cancellation``.
"""

from __future__ import annotations

from typing import Final

from service.domain.kinds import CardKind, Sex, SkillLevel
from service.domain.shared import LIMITS, SHARED

# Who may have a card
MIN_AGE: Final = 16  # 督§6, 考§7(2) ask for work: nobody may work before (劳动法 15), our reading
MAX_AGE: Final = {Sex.MALE: 65, Sex.FEMALE: 60}  # 督§6(4), 考§7(1)4: full years, inclusive
FULL_MARK: Final = 100  # 督§8, 考§11
PASS_MARK: Final = 60  # 督§8, 考§11: "60 分及以上", in each subject for assessors
MAX_OCCUPATIONS: Final = LIMITS.occupations  # 考§9: job types a person and application
SENIOR_LEVELS: Final = frozenset({SkillLevel.ONE, SkillLevel.TE, SkillLevel.SHOUXI})  # 考§7(2)1: 一级及以上
SENIOR_STANDARD_YEARS: Final = 1  # 考§7(2)1: as standard assessor of the occupation
SENIOR_ASSESSMENTS: Final = 3  # 考§7(2)1: assessments completed
STANDARD_LEVELS: Final = SENIOR_LEVELS | {SkillLevel.TWO, SkillLevel.THREE}  # 考§7(2)2: 三级及以上
STANDARD_YEARS: Final = 5  # 考§7(2)2: in the work
SPECIAL_QUALIFICATION_YEARS: Final = 1  # 考§7(2)3: holding the certificate
SPECIAL_YEARS: Final = 2  # 考§7(2)3: in the work, with the certificate
ARTISAN_YEARS: Final = 5  # 考§7(2)3: in this very occupation, as 能工巧匠

# Numbers
FIRST_SEQUENCE: Final = 1  # 督附3, 考附2: 0001
LAST_SEQUENCE: Final = 9999  # 督附3, 考附2
EXTERNAL_LETTER: Final = "R"  # 督附3 表2
INSTITUTION_LETTERS: Final = {"H": "行业部门", "Y": "用人单位", "S": "社会培训评价组织"}  # 督附3 表4
GRADE_DIGITS: Final = {CardKind.SENIOR: "1", CardKind.STANDARD: "2", CardKind.SPECIAL_SKILL: "3"}  # 考附2(四)

# Validity
TERM_YEARS: Final = 3  # 督§10, 考§12
BAR_YEARS: Final = 3  # 考§21: no application after a cancellation

# Engagement and dispatch
INTERNAL_TERM_YEARS: Final = 3  # 督§14: 聘期3年为1届
MAX_INTERNAL_TERMS: Final = 3  # 督§14: 原则上不得超过3届
MAX_VISITS_RUNNING: Final = SHARED.assessment.visits_running  # 督§15: 不得连续3次对同一鉴定评价机构

# Staffing
MIN_INTERNAL: Final = 3  # 督§5: 3 名及以上内督
MIN_IN_HOUSE_INTERNAL: Final = 1  # 督§5: 其中至少有 1 名是本机构的在职人员
INSTITUTIONS_AN_EXTERNAL: Final = 3  # 督§5: 不低于 1:3 的比例配备外督
MIN_ASSESSORS: Final = 3  # 考§6: 每个职业(工种)3名及以上

# Assessments
MIN_ASSESSMENT_ASSESSORS: Final = SHARED.assessment.skill_assessors  # 考§6: 各职业（工种）及相应等级考评人员不少于3名
MIN_REVIEW_SENIORS: Final = SHARED.assessment.review_seniors  # 考§14(4): 评审组由 3 名及以上高级考评员组成
REVIEWED_LEVELS: Final = frozenset({SkillLevel.TWO, SkillLevel.ONE})  # 考§14(4): 技师、高级技师
MIN_THEORY_MARKERS: Final = SHARED.assessment.theory_markers  # 考§14(5): 2人及以上流水作业
MIN_ASSESSMENT_EXTERNALS: Final = SHARED.assessment.external_supervisors  # 督§15: 原则上由2名及以上外督组成
MIN_ASSESSMENT_INTERNALS: Final = SHARED.assessment.internal_supervisors  # 督附1: our reading of rows 1 and 7
FEEDBACK_WORKING_DAYS: Final = 2  # 督§12(2): 外督于督导工作结束后2个工作日内反馈委派单位
INTERNAL_ARRIVES_MINUTES: Final = SHARED.assessment.internal_arrives_minutes  # 督附1: 内督于考前 30 分钟到达考试现场

# What a grade may assess
LEVELS_OF_GRADE: Final = {  # 考§3
    CardKind(grade): frozenset(map(SkillLevel, levels)) for grade, levels in SHARED.levels_of_grade.items()
}
UNRULED_LEVELS: Final = frozenset(map(SkillLevel, SHARED.unruled_levels))  # exist nationally; 考§3 does not name them
