"""What every field of every request may hold: for the description of the interface, and for refusals at every door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from msgspec import Meta

from cardlayout.impose import Flip, Sheet, Slot
from service.domain.access import Permission
from service.domain.access import Role as AccountRole
from service.domain.access_record import Act
from service.domain.amending import OldCard
from service.domain.assessment import Declared, Role
from service.domain.card import ReplacementReason
from service.domain.card_text import TEXT_FIELDS
from service.domain.forms import FormName
from service.domain.kinds import CardKind, SkillLevel
from service.domain.notice import Topic
from service.domain.printing import AgainReason, Delivery
from service.domain.reporting import ReportSide
from service.domain.review import Grade
from service.domain.search import CardState, Sort
from service.domain.verdict_words import Word


@dataclass(frozen=True, slots=True)
class Form:
    """What a field of a request may hold, in words."""

    zh: str
    en: str


FORMS: Final[Mapping[str, Form]] = {
    "credential": Form("二维码中的全部文字", "the whole text of the QR code"),
    "credentials": Form(
        "二维码中的全部文字，每张一项，1 至 100 项", "the whole text of each QR code, 1 to 100 of them"
    ),
    "place": Form("查验所在机构的 6 位代码", "the 6-digit code of the institution where the card is checked"),
    "occupation": Form(
        "职业（工种）名称或代码，至多 60 字", "the name or code of an occupation, 60 characters at most"
    ),
    "level": Form(f"{'、'.join(SkillLevel)} 之一", f"one of {', '.join(SkillLevel)}"),
    "number": Form(
        "证卡编号：R 加 8 位数字，H、Y 或 S 加 12 位数字，或 11 位数字",
        "a card number: R and 8 digits, H, Y or S and 12 digits, or 11 digits",
    ),
    "name": Form("持证人姓名，1 至 60 字", "the holder's full name, 1 to 60 characters"),
    "n": Form("状态列表的编号，从 1 起", "the number of a status list, from 1"),
    "user": Form("用户名", "the user name"),
    "code": Form("验证码 6 位数字，或恢复码", "six digits of the telephone, or a recovery code"),
    "password": Form("密码，至多 256 个字符", "the password, 256 characters at most"),
    "scans": Form("查验记录，1 至 200 条", "scans, 1 to 200"),
    "nonce": Form("32 位十六进制随机数", "32 hexadecimal digits, random"),
    "scanned_at": Form("查验时刻，RFC 3339，含时区", "when it was scanned, RFC 3339 with its time zone"),
    "copy": Form("证卡副本标识，16 位十六进制数", "the copy's id, 16 hexadecimal digits"),
    "verdict": Form(f"{'、'.join(Word)} 之一", f"one of {', '.join(Word)}"),
    "same_person": Form(
        "持证人与照片是否同一人，未核对则为 null", "whether the holder is the person in the photo; null: not asked"
    ),
    "offline": Form("是否离线查验", "whether it was checked offline"),
    "as_of": Form("所用状态数据的时刻", "the moment of the status data that was used"),
    "ground": Form(
        "情形：督§19(1)—(10) 或 考§21(1)—(10)，劝告为 考§20(1)—(5)",
        "an item of 督§19(1)-(10) or 考§21(1)-(10), for a warning of 考§20(1)-(5)",
    ),
    "institution": Form("机构的 6 位代码", "the 6-digit code of an institution"),
    "first_day": Form("聘期起日，YYYY-MM-DD", "the first day of the term, YYYY-MM-DD"),
    "last_day": Form("聘期止日，不填则到可聘的最后一日", "its last day; without it, the last that the rules allow"),
    "as_internal": Form("外督聘为内督（督§14）", "an external supervisor as internal one (督§14)"),
    "on": Form("日期，YYYY-MM-DD", "the day, YYYY-MM-DD"),
    "plan": Form("评价计划，至多 120 字", "the assessment plan, 120 characters at most"),
    "authority": Form("备案地人社部门", "the filing HR authority"),
    "letter": Form(
        "类别字母：H 行业部门、Y 用人单位、S 社会培训评价组织",
        "the institution's letter: H industry body, Y employer, S training organisation",
    ),
    "institution_name": Form("机构名称，1 至 60 字", "the institution's name, 1 to 60 characters"),
    "printing_unit": Form(
        "印制单位，印在内督证卡反面，至多 60 字",
        "the printing unit on the back of its own cards, 60 characters at most",
    ),
    "area": Form("备案的地域范围，至多 120 字", "where it may assess, 120 characters at most"),
    "clear": Form(
        "不再有的项目：authority、printing_unit、area", "what there is no longer: authority, printing_unit, area"
    ),
    "filed_jobs": Form("备案的职业（工种），1 至 200 个", "the job types that are filed, 1 to 200"),
    "levels": Form(
        f"备案的等级，{'、'.join(SkillLevel)} 中的几项；不填则撤销备案",
        f"the levels that are filed, of {', '.join(SkillLevel)}; without any the job types are withdrawn",
    ),
    "occupation_code": Form("职业编码，如 4-07-05-03", "the code of an occupation, such as 4-07-05-03"),
    "occupation_name": Form("职业名称，1 至 60 字", "the name of an occupation, 1 to 60 characters"),
    "occupations": Form("补充的职业，1 至 5000 个", "occupations to be added, 1 to 5000"),
    "occupation_text": Form("编码或名称中的文字，至多 60 字", "a part of a code or a name, 60 characters at most"),
    "authority_name": Form("人社部门名称，1 至 60 字", "the name of an HR authority, 1 to 60 characters"),
    "reason": Form("事由或理由，1 至 2000 字", "what happened, or why, 1 to 2000 characters"),
    "replacement_reason": Form(
        f"补发原因，{'、'.join(ReplacementReason)} 之一",
        f"why a new copy is made, one of {', '.join(ReplacementReason)}",
    ),
    "decided_by": Form("作出决定的人员，1 至 60 字", "the person who decided, 1 to 60 characters"),
    "decided_on": Form("决定日期，YYYY-MM-DD，不晚于今天", "date of the decision, YYYY-MM-DD, today at the latest"),
    "proposed_by": Form("建议人，1 至 60 字", "the person who proposes, 1 to 60 characters"),
    "reported_by": Form("交回人，1 至 60 字", "who brings it back, 1 to 60 characters"),
    "by": Form("填写或作出处理的人员，1 至 60 字", "the person who answers for the entry, 1 to 60 characters"),
    "points": Form("评议表各项得分，依表中顺序，整数", "the points of a sheet's rows, in their order, whole numbers"),
    "result": Form(f"{'、'.join(Grade)} 之一", f"one of {', '.join(Grade)}"),
    "note": Form("说明，至多 2000 字", "a remark, 2000 characters at most"),
    "months": Form("月数，1 至 36", "the number of months, 1 to 36"),
    "document": Form("文号，至多 120 字", "the document's number, 120 characters at most"),
    "document_file": Form(
        "附件：文件名和 Base64 内容，PDF、JPEG 或 PNG，不超过 4 MB",
        "the document: file name and content in Base64, PDF, JPEG or PNG, 4 MB at most",
    ),
    "sha256": Form("文件的 SHA-256，64 位十六进制数", "the file's SHA-256, 64 hexadecimal digits"),
    "file_size": Form("文件大小，字节", "the file's size in bytes"),
    "file_name": Form("文件名，1 至 200 字", "the file's name, 1 to 200 characters"),
    "content": Form("文件内容，Base64", "the file's bytes in Base64"),
    "without_portrait": Form("持证人撤回照片入码的同意", "the holder withdraws the consent to a portrait in the code"),
    "applied_on": Form("申报日期，YYYY-MM-DD", "date of the application, YYYY-MM-DD"),
    "certified_on": Form("新的认证日期，YYYY-MM-DD", "date of the new certification, YYYY-MM-DD"),
    "facts": Form(
        "重新填写的申报表项，如 theory_score、work_unit",
        "fields of a roster stated anew: the scores, and whatever has changed",
    ),
    "reviewed_by": Form("审核人，1 至 60 字", "who confirms what no record shows, 1 to 60 characters"),
    "notice": Form("认证通知的名称或文号，至多 120 字", "the notice of the certification, 120 characters at most"),
    "photo": Form("新照片，Base64；不填则用已登记的照片", "a new photograph in Base64; else the registered one"),
    "crop_x": Form("左边起多少像素", "pixels from the left edge"),
    "crop_y": Form("上边起多少像素", "pixels from the upper edge"),
    "crop_width": Form("裁切框的宽，像素", "the frame's width in pixels"),
    "crop_height": Form("裁切框的高，像素，与宽 7 : 5", "the frame's height in pixels, 7 : 5 to its width"),
    "crop_turn": Form("顺时针转几个直角，0 至 3", "quarter turns clockwise, 0 to 3"),
    "old_card": Form(f"旧卡在哪里：{'、'.join(OldCard)} 之一", f"where the old card is: one of {', '.join(OldCard)}"),
    "work_unit": Form("工作单位，至多 120 字", "the holder's work unit, 120 characters at most"),
    "card_occupations": Form(
        "证卡的全部职业（工种），用“、”分开，至多 125 字",
        "all job types of the card, parted by 、, 125 characters at most",
    ),
    "new_job_type": Form(
        "确认职业目录中没有的写法：true 或 false", "confirm a wording that stands in no catalogue: true or false"
    ),
    "evidence": Form("依据，至多 200 字", "what it rests on, 200 characters at most"),
    "seen": Form("打开证卡时的标记，16 位十六进制数", "the mark of the card as it was seen, 16 hexadecimal digits"),
    "parts": Form("考评内容：theory、skill、review", "what is assessed: theory, skill, review"),
    "prefix": Form("编号前缀，如 R5026", "the prefix of a series, such as R5026"),
    "first_sequence": Form("起始序号，1 至 9999", "the first sequence, 1 to 9999"),
    "last_sequence": Form("终止序号，1 至 9999", "the last sequence, 1 to 9999"),
    "contact_zh": Form("公众联系方式，1 至 120 字", "whom the public calls, in Chinese, 1 to 120 characters"),
    "contact_en": Form("联系方式的英文，至多 120 字", "the same in English, 120 characters at most"),
    "portrait_issuer": Form("centre 或机构的 6 位代码", "centre, or the 6-digit code of an institution"),
    "portrait_on": Form("是否写入照片", "whether codes carry the portrait"),
    "webhook_target": Form("https:// 或 mailto: 开头的地址", "an address that begins with https:// or mailto:"),
    "webhook_topics": Form(f"{'、'.join(Topic)} 中的一项或几项", f"one or more of {', '.join(Topic)}"),
    "webhook_delivery": Form("一条通知的编号", "the id of a message"),
    "device": Form("设备名称，1 至 40 字", "what the telephone is called, 1 to 40 characters"),
    "account_id": Form("账户的编号", "the id of an account"),
    "person_name": Form("使用人的真实姓名，1 至 60 字", "the real name of whoever uses it, 1 to 60 characters"),
    "account_role": Form(
        f"{'、'.join(AccountRole)} 之一，所属机构或部门另填", f"one of {', '.join(AccountRole)}; its body stands beside"
    ),
    "session_key": Form("登录的标识，64 位十六进制数", "the key of a sign-in, 64 hexadecimal digits"),
    "label": Form("令牌名称，1 至 60 字", "what the token is called, 1 to 60 characters"),
    "scopes": Form(f"{'、'.join(Permission)} 中的一项或几项", f"one or more of {', '.join(Permission)}"),
    "days": Form("有效天数", "for how many days it is good"),
    "machine_marked": Form("理论考试是否机考：true 或 false", "whether a machine marks the theory: true or false"),
    "candidates": Form("考生人数，1 起的整数", "the number of candidates, a whole number from 1"),
    "per_assessor": Form("每名考评人员负责的考生人数", "candidates for each assessor, a whole number from 1"),
    "per_invigilator": Form("每名监考人员负责的考生人数", "candidates for each invigilator, a whole number from 1"),
    "declared": Form(
        f"回避声明：{'、'.join(Declared)} 之一", f"what is declared of ties: one of {', '.join(Declared)}"
    ),
    "is_holder": Form(
        "到场的是否持证人本人，未核对则为 null", "whether who has come is the card's holder; null: not asked"
    ),
    "replaces": Form("所代替场次的编号", "the number of the assessment whose place this one takes"),
    "role": Form(f"{'、'.join(Role)} 之一", f"one of {', '.join(Role)}"),
    "resident_id": Form("18 位身份证号", "the 18-digit identity number"),
    "starts_at": Form("开始时间，RFC 3339，含时区", "when it starts, RFC 3339 with its time zone"),
    "assessment_place": Form("评价地点，至多 120 字", "where it is held, 120 characters at most"),
    "jobs": Form("考评项目，1 至 20 个", "what is assessed, 1 to 20 jobs"),
    "people": Form("人员，至多 200 名", "who is to be there, 200 at most"),
    "came_at": Form("到场时间，RFC 3339，含时区", "when somebody came, RFC 3339 with its time zone"),
    "person": Form("计划人员的 person", "the ``person`` of somebody of the plan"),
    "entries": Form("到场人员，1 至 200 名", "who has come, 1 to 200"),
    "made_by": Form("记录人", "who answers for the record"),
    "record": Form("点名记录的编号，不填则为最新", "the number of a record; without it, the newest"),
    "form": Form(f"{'、'.join(FormName)} 之一", f"one of {', '.join(FormName)}"),
    "day": Form("日期，YYYY-MM-DD", "the day, YYYY-MM-DD"),
    "text": Form(
        "证卡编号或其开头、姓名或其中一部分、身份证号，至多 60 字",
        "a card number or its beginning, a part of a name, or an identity number, 60 characters at most",
    ),
    "kind": Form(f"{'、'.join(CardKind)} 之一", f"one of {', '.join(CardKind)}"),
    "state": Form(f"{'、'.join(CardState)} 之一", f"one of {', '.join(CardState)}"),
    "expiring_months": Form("几个月内到期，1 至 36", "valid, and expires within so many months, 1 to 36"),
    "sort": Form(f"{'、'.join(Sort)} 之一", f"one of {', '.join(Sort)}"),
    "order": Form("asc 或 desc（倒序）", "asc, or desc: the last one first"),
    "page": Form("页码，从 1 起", "the page, from 1"),
    "size": Form("每页张数，1 至 200；日志的则为条数", "cards a page, 1 to 200; of a journal, how many entries it has"),
    "seq": Form("日志条目的序号，从 0 起", "the place of an entry in the journal, from 0"),
    "first": Form(
        "起始序号，从 0 起；比对时为先前的条数", "the first place, from 0; for consistency, the earlier size, from 1"
    ),
    "limit": Form("至多列几项，1 至 5000", "how many items at most, 1 to 5000"),
    "cursor": Form(
        "接着上一页往下列：上一页 Link 首部所给的值",
        "where to go on: the value that the Link header of the part before has given",
    ),
    "count": Form("条数，1 至 1000", "how many entries, 1 to 1000"),
    "second": Form("后来的条数，不填则为现在的", "the later size; without it, the size now"),
    "identity": Form("编号", "the number of a proposal, a case, an engagement or a dispatch"),
    "draft_name": Form("批次名称，1 至 60 字", "what the batch is called, 1 to 60 characters"),
    "draft_version": Form(
        "看到的批次版本，0 起的整数", "the version of the batch that was seen, a whole number from 0"
    ),
    "cards_named": Form("页面上写明的签发张数", "how many cards the page said would be issued"),
    "roster": Form("申报表，xlsx，不超过 8 MB", "the roster, xlsx, 8 MB at most"),
    "photos": Form("照片的压缩包，zip，不超过 600 MB", "the photographs in a zip archive, 600 MB at most"),
    "photo_list": Form(
        "另行分片上传的照片，每张一项：SHA-256、空格、字节数、空格、文件名",
        "photographs that are sent in pieces afterwards, one an item: SHA-256, a space, bytes, a space, file name",
    ),
    "piece_at": Form("本片从第几字节起，从 0 起", "at which byte the piece begins, from 0"),
    "piece": Form("本片内容，Base64，至多 1 MB", "the piece's bytes in Base64, 1 MB at most"),
    "issued_on": Form("核发日期，不填则为今天", "date of issue; without it, today"),
    "dry_run": Form("只检查，不占号：true 或 false", "check only and spend no number: true or false"),
    "all_or_nothing": Form(
        "有一行不合格则全部不发：true 或 false", "issue nothing unless every row is good: true or false"
    ),
    "roster_sheet": Form(
        "文件中有几张名单时，用哪一张：工作表的名称",
        "which list of the file, where it has several: the name of its sheet",
    ),
    "new_job_types": Form(
        "确认的新工种：不在职业目录中、也没有发过证卡的名称，每个 1 至 60 字",
        "job types, 60 characters at most, that are in no catalogue and on no card yet, and are right as stated",
    ),
    "idempotency_key": Form(
        "Idempotency-Key 首部：1 至 100 个可见 ASCII 字符；同一账户以同一键重试，只办理一次，得到首次的答复",
        "the Idempotency-Key header: 1 to 100 visible ASCII characters; a retry of the same account with it changes"
        " nothing twice and gets the first answer",
    ),
    "before": Form("只列编号小于此数的", "only what has an id under this"),
    "until": Form("至此时刻的记录，RFC 3339，含时区", "what is up to this moment, RFC 3339 with its time zone"),
    "act": Form(f"{'、'.join(Act)} 之一", f"one of {', '.join(Act)}"),
    "sheet": Form(f"{'、'.join(Sheet)} 之一", f"one of {', '.join(Sheet)}"),
    "flip": Form(f"{'、'.join(Flip)} 之一", f"one of {', '.join(Flip)}"),
    "slot": Form(f"打孔位：{'、'.join(Slot)} 之一", f"the place to punch: one of {', '.join(Slot)}"),
    "numbers": Form("证卡编号，1 至 3000 个", "card numbers, 1 to 3000"),
    "card_texts": Form(
        f"证卡字样，各项为 {'、'.join(TEXT_FIELDS)}，至多 40 字",
        f"words printed on cards, 40 characters at most, by field: {', '.join(TEXT_FIELDS)}",
    ),
    "card_texts_on": Form("起用日期，YYYY-MM-DD，不早于今天", "from when cards bear them, today at the earliest"),
    "card_texts_again": Form(
        "恢复第几版字样，0 为地区配置的", "the number of words to be taken again; 0: the jurisdiction's"
    ),
    "card_texts_seen": Form("改动时最后一版的编号", "the number that was set last when the change was made up"),
    "printer": Form("打印机的编号，0 为未登记的打印机", "the id of a printer; 0: one that is not entered"),
    "printer_name": Form("打印机名称，1 至 40 字", "what the printer is called, 1 to 40 characters"),
    "start": Form("首张卡的位置，1 至 5", "the place of the first card on the sheet, 1 to 5"),
    "report_place": Form("在哪里看到的，1 至 120 字", "where it was seen, 1 to 120 characters"),
    "report_number": Form("卡上的证卡编号，看不清的可以不填", "the number on the card, if it can be read"),
    "front": Form("证卡正面的照片，不超过 12 MB", "a photograph of the card's front, 12 MB at most"),
    "back": Form("证卡反面的照片，不超过 12 MB", "a photograph of the card's back, 12 MB at most"),
    "side": Form(f"{'、'.join(ReportSide)} 之一", f"one of {', '.join(ReportSide)}"),
    "open": Form("只列未办结的（true）或已办结的（false）", "only what is open (true), or only what is closed (false)"),
    "seen_on": Form("看到的日期，YYYY-MM-DD，不晚于今天", "the day it was seen, YYYY-MM-DD, today at the latest"),
    "seen_time": Form("看到的时间，如 09:30", "the time it was seen, such as 09:30"),
    "again": Form(
        f"重打原因，{'、'.join(AgainReason)} 之一", f"why it is printed again, one of {', '.join(AgainReason)}"
    ),
    "offset": Form("偏移，毫米，-10 至 10", "an offset in mm, -10 to 10"),
    "calibrated": Form("偏移是刚从校准页读出的", "the offsets were just read off a calibration sheet"),
    "delivery": Form(f"发放方式，{'、'.join(Delivery)} 之一", f"how it got there, one of {', '.join(Delivery)}"),
    "tracking": Form("快递单号，至多 60 字", "the number of what was posted, 60 characters at most"),
    "since": Form("自此时刻起的记录，RFC 3339，含时区", "what is from this moment on, RFC 3339 with its time zone"),
}
"""Every field of every request: for the description of the interface, and for what a refusal says."""

BODY_FORM: Final = Form("JSON 对象，各项见 /schema", "a JSON object with the fields described at /schema")


WORDS: Final = "words"
"""The key in the extra of a field's Meta: which of FORMS has its words, where that is not the field's own name."""


def described(words: str, **limits: Any) -> Meta:  # noqa: ANN401 - what Meta takes
    """Describe a field by its words, within limits."""
    return Meta(description=FORMS[words].en, extra={WORDS: words}, **limits)
