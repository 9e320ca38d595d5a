"""``revoke``, ``propose``, ``proposals``, ``decline``, ``correct`` and ``document``: around losing a qualification."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import refuse_existing, whole_file
from service.cli.params import DAY, IN_FILE, OUT_FILE
from service.cli.register import opened
from service.flows.cards.attached import Attached, card_document, proposal_document
from service.flows.cards.cancellations import correct_cancellation, decline_proposal, list_proposals, propose_revocation
from service.flows.cards.card_requests import CorrectionRequest, DeclineRequest, ProposalRequest, RevocationRequest
from service.flows.cards.documents import DocumentBody
from service.flows.cards.lifecycle import revoke_card
from service.flows.requests.reading import card_number, read_request
from service.store.proposals import StoredProposal
from service.store.states import ProposalState

_GROUND: Final = click.option("--ground", required=True, help="情形 an item of 督§19(1)–(10) or 考§21(1)–(10).")
_DECIDED_BY: Final = click.option("--decided-by", required=True, help="作出决定的人员 the person who decided.")
_BODY: Final = click.option(
    "--body", help="作出决定的单位：centre 或机构代码 who decides (default: the card's issuer)."
)
_DOCUMENT: Final = click.option("--document", help="文号 number of the document, if there is one.")
_FILE: Final = click.option(
    "--document-file", type=IN_FILE, help="附件 the document itself: PDF, JPEG or PNG, kept with the register."
)
_STATES_ZH: Final = {
    ProposalState.PROPOSED: "待决定",
    ProposalState.DECIDED: "已取消资格",
    ProposalState.DECLINED: "不予采纳",
}


@command("revoke")
@click.argument("number")
@_GROUND
@click.option("--reason", required=True, help="具体事由 what happened.")
@_DECIDED_BY
@click.option("--decided-on", type=DAY, help="决定日期 date of the decision (default: today).")
@_BODY
@_DOCUMENT
@_FILE
@pass_context
def revoke(
    context: Context, /, number: str, *, body: str | None, document_file: Path | None, **options: object
) -> None:
    """取消资格 Cancel a qualification (督§19, 考§21).

    一并失效的证卡逐一列出 Every card that is lost with it is named. 有关的建议随之办结 Proposals are decided with it.
    """
    request = read_request(RevocationRequest, {**options, "document_file": _document(document_file)})
    with opened(context) as register:
        lost = revoke_card(register, card_number(number), request, context.by(body))
    context.answer({"revoked": [str(one) for one in lost]})
    context.say("已取消资格，立即生效 revoked, in force at once: " + "、".join(lost))


@command("propose")
@click.argument("number")
@_GROUND
@click.option("--reason", required=True, help="具体事由 what happened.")
@click.option("--body", required=True, help="建议单位：区县人社部门名称或机构代码 district bureau or institution code.")
@click.option("--by", "proposed_by", required=True, help="建议人 the person who answers for it.")
@_DOCUMENT
@_FILE
@pass_context
def propose(context: Context, /, number: str, *, body: str, document_file: Path | None, **options: object) -> None:
    """建议取消资格 Propose a cancellation (督§19, 考§21).

    由颁发机构决定，证卡暂不受影响 For the issuer to decide; the card counts as before.
    """
    request = read_request(ProposalRequest, {**options, "document_file": _document(document_file)})
    with opened(context) as register:
        identity = propose_revocation(register, card_number(number), request, context.by(body))
    context.answer({"proposal": identity})
    context.say(f"已登记建议 {identity}，由颁发机构决定 entered as proposal {identity}, the issuer decides")


@command("proposals")
@click.option("--all", "everything", is_flag=True, help="包括已办结的 those answered too.")
@pass_context
def proposals(context: Context, *, everything: bool) -> None:
    """建议清单 List what is proposed and not answered."""
    with opened(context) as register:
        found = [one for one in list_proposals(register) if everything or one.state is ProposalState.PROPOSED]
    context.answer([_as_json(one) for one in found])
    context.table(
        ("建议 proposal", "证卡编号 number", "情形 ground", "建议单位 by", "事由 reason", "结果 state"),
        [
            (
                str(one.id),
                one.number,
                str(one.proposal.ground),
                f"{one.proposal.body} {one.proposal.proposed_by}",
                one.proposal.reason,
                f"{_STATES_ZH[one.state]} {one.state}",
            )
            for one in found
        ],
        wide=(4,),
    )
    context.say(f"共 {len(found)} 条 {len(found)} in all")


@command("decline")
@click.argument("proposal", type=int)
@click.option("--reason", required=True, help="理由 why.")
@_DECIDED_BY
@_BODY
@pass_context
def decline(context: Context, /, proposal: int, *, body: str | None, **options: object) -> None:
    """不予采纳 Decline a proposal to cancel; the card stays as it is."""
    request = read_request(DeclineRequest, options)
    with opened(context) as register:
        declined = decline_proposal(register, proposal, request, context.by(body))
    context.answer(_as_json(declined))
    context.say(f"建议 {proposal} 不予采纳 declined")


@command("correct")
@click.argument("number")
@click.option("--reason", required=True, help="理由 why the cancellation was a mistake.")
@_DECIDED_BY
@_BODY
@_DOCUMENT
@_FILE
@pass_context
def correct(
    context: Context, /, number: str, *, body: str | None, document_file: Path | None, **options: object
) -> None:
    """更正 Correct a mistaken cancellation by a new entry.

    原决定和原证卡状态不变，不再受 3 年限制，可重新认证领证 The card stays revoked; the bar of 考§21 falls.
    """
    request = read_request(CorrectionRequest, {**options, "document_file": _document(document_file)})
    with opened(context) as register:
        corrected = correct_cancellation(register, card_number(number), request, context.by(body))
    context.answer({"corrected": [str(one) for one in corrected]})
    context.say("已更正，持证人可重新申报 corrected, the person may apply again: " + "、".join(corrected))


@command("document")
@click.argument("of", type=click.Choice(["proposal", *(one.value for one in Attached)]))
@click.argument("which")
@click.option("--out", required=True, type=OUT_FILE, help="写入的文件 file to write.")
@pass_context
def document(context: Context, of: str, which: str, out: Path) -> None:
    """调取附件 Read back the document of a proposal or a decision.

    WHICH：建议编号或证卡编号 the proposal's or the card's number. 写出前核对 SHA-256 Its SHA-256 is checked.
    """
    refuse_existing(out)
    if of == "proposal" and not which.isdecimal():
        raise click.BadParameter(f"{which}：应为建议编号 expected a proposal's number", param_hint="WHICH")
    with opened(context) as register:
        kept = (
            proposal_document(register, int(which))
            if of == "proposal"
            else card_document(register, card_number(which), Attached(of))
        )
    with whole_file(out) as file:
        file.write(kept.content)
    context.answer({"name": kept.name, "bytes": len(kept.content), "file": str(out)})
    context.say(f"已写出 written: {out}（{kept.name}）")


def _as_json(one: StoredProposal) -> dict[str, object]:
    """Return a proposal for programs."""
    proposal = one.proposal
    return {
        "proposal": one.id,
        "number": str(one.number),
        "ground": str(proposal.ground),
        "body": proposal.body,
        "proposed_by": proposal.proposed_by,
        "reason": proposal.reason,
        "document": proposal.document,
        "state": one.state.value,
        "closed_on": None if one.closed_on is None else one.closed_on.isoformat(),
        "closed_by": one.closed_by,
        "answer": one.answer,
    }


COMMANDS: Final = (revoke, propose, proposals, decline, correct, document)


def _document(file: Path | None) -> DocumentBody | None:
    return None if file is None else DocumentBody(file.name, file.read_bytes())
