"""The payments desk of 区财政局: payments, batches, the bank's answers, what does not agree."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from babashi import listing
from babashi.accounts.models import Role, User
from babashi.accounts.permissions import has_role, official
from babashi.audit.errors import Invalid, NotFound
from babashi.payments import queries, sample, services
from babashi.payments.advice import MAY_BE_TAKEN, advice, meaning
from babashi.payments.errors import BadAnswerFile
from babashi.payments.models import AnswerOutcome, BankAnswer, PaymentState

SORTS = {
    "number": ("number",),
    "amount": ("amount",),
    "enterprise": ("application__enterprise__name",),
    "created": ("created_at",),
}
COLUMNS = [
    listing.Column("支付编号", lambda payment: payment.number, 28),
    listing.Column("受理编号", lambda payment: payment.application.number or "", 22),
    listing.Column("企业", lambda payment: payment.application.enterprise.name, 36),
    listing.Column("事项", lambda payment: str(payment.application.item), 30),
    listing.Column("金额", lambda payment: payment.amount, 16),
    listing.Column("状态", lambda payment: payment.get_state_display(), 12),
    listing.Column("批次号", lambda payment: payment.batch.number if payment.batch else "", 18),
    listing.Column("支付日期", lambda payment: str(payment.paid_on or ""), 14),
    listing.Column("银行流水号", lambda payment: payment.bank_reference, 24),
]


@official(Role.FINANCE)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Payments by state, with search, sorting and pages."""
    state = request.GET.get("state", "")
    rows = listing.ordered(request, queries.payments(listing.words(request), state), SORTS, "-created")
    if request.GET.get("export"):
        return listing.export(rows, COLUMNS, request.GET["export"], "payments")
    counts = queries.state_counts()
    chips = [(value, label, counts.get(value, 0)) for value, label in PaymentState.choices]
    context = {
        "page": listing.page_of(request, rows),
        "q": listing.words(request),
        "state": state,
        "chips": chips,
        "total": sum(counts.values()),
        "may_write": has_role(request.user, Role.FINANCE),
        "open_answers": queries.open_answers().count(),
    }
    return render(request, "payments/overview.html", context)


@official(Role.FINANCE)
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """Turn approved applications into payments now; the nightly job does the same."""
    made = services.order_ready(by=request.user)
    if made or not made.failed:
        messages.success(request, f"新转入 {len(made)} 笔待组批支付。" if made else "没有新的已审定申报。")
    if made.failed:
        numbers = "、".join(made.failed[:20])
        messages.error(request, f"{numbers} 未能转入，没有变化，已记入日志；请联系系统管理员。")
    return redirect("payments:overview")


@official(Role.FINANCE)
@require_POST
def batch_make(request: HttpRequest) -> HttpResponse:
    """Batch the chosen payments."""
    numbers = (listing.whole_number(text) for text in request.POST.getlist("payment"))
    chosen = [number for number in numbers if number is not None]
    if not chosen:
        messages.error(request, "请先勾选要组批的支付。")
        return redirect("payments:overview")
    batch = services.make_batch(chosen, by=request.user)
    messages.success(request, f"已组批 {batch.number}。请由另一位财政同事核对后导出给国库。")
    return redirect("payments:batch", number=batch.number)


@official(Role.FINANCE)
@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    """All batches."""
    page = listing.page_of(request, queries.batches())
    page.object_list = queries.contents_of(page.object_list)
    return render(request, "payments/batches.html", {"page": page})


@official(Role.FINANCE)
@require_safe
def batch_page(request: HttpRequest, number: str) -> HttpResponse:
    """One batch with its payments; a dissolved one with those it held, and where they are now."""
    batch = queries.batch_or_404(number)
    [contents] = queries.contents_of([batch])
    rows = queries.in_batch(batch)
    context = {
        "batch": batch,
        "contents": contents,
        "page": listing.page_of(request, contents.payments()),
        "shared": queries.shared_accounts(rows),
        "may_export": has_role(request.user, Role.FINANCE)
        and batch.created_by_id != request.user.pk
        and batch.dissolved_at is None
        and not queries.are_answered(rows),
        "may_dissolve": has_role(request.user, Role.FINANCE)
        and batch.exported_at is None
        and batch.dissolved_at is None,
    }
    return render(request, "payments/batch.html", context)


@official(Role.FINANCE)
@require_POST
def batch_export(request: HttpRequest, number: str) -> HttpResponse:
    """The file for the treasury."""
    batch, fmt = queries.batch_or_404(number), request.POST.get("format", "")
    content = services.export_batch(batch, fmt, by=request.user)
    kind = "text/csv; charset=utf-8" if fmt == "csv" else listing.XLSX
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{batch.number}.{fmt}"'
    return response


@official(Role.FINANCE)
@require_POST
def batch_dissolve(request: HttpRequest, number: str) -> HttpResponse:
    """Take a batch apart before anybody has it."""
    services.dissolve_batch(queries.batch_or_404(number), request.POST.get("reason", ""), by=request.user)
    messages.success(request, f"批次 {number} 已解散，其中的支付回到待组批。")
    return redirect("payments:batches")


@official(Role.FINANCE)
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest) -> HttpResponse:
    """Import the bank's answers (a check first, if wanted) and work through what does not agree."""
    context: dict[str, object] = {"may_write": has_role(request.user, Role.FINANCE)}
    status = 200
    if request.method == "POST":
        upload = request.FILES.get("file")
        try:
            if upload is None:
                raise Invalid("请选择银行回单文件。", {"file": ["没有选择文件"]})
            dry_run = request.POST.get("check") == "1"
            content = upload.read(services.MAX_UPLOAD + 1)
            report = services.import_answers(upload.name or "", content, by=request.user, dry_run=dry_run)
            context["report"], context["rows"] = report, [_explained(row) for row in report.answers]
        except BadAnswerFile as error:
            context["problems"], status = error.problems, 422
        except Invalid as error:
            context["problems"], status = [error.message], 422
    page = listing.page_of(request, queries.open_answers())
    page.object_list = [_explained(row, request.user) for row in page.object_list]
    context |= {"page": page, "applied": AnswerOutcome.APPLIED}
    return render(request, "payments/answers.html", context, status=status)


@official(Role.FINANCE)
@require_safe
def answers_sample(request: HttpRequest) -> HttpResponse:
    """A made-up file of the bank in the format that the import takes."""
    fmt = request.GET.get("format", "xlsx")
    return listing.export(sample.ROWS, sample.SAMPLE_COLUMNS, fmt, "huidan-shili-hecheng")


@official(Role.FINANCE)
@require_POST
def answer_settle(request: HttpRequest, answer_id: int) -> HttpResponse:
    """A person has dealt with a row."""
    answer = BankAnswer.objects.filter(pk=answer_id).first()
    if answer is None:
        raise NotFound("没有这一行回单，请刷新页面后重试。")
    take = request.POST.get("take") == "1"
    services.settle(answer, request.POST.get("note", ""), by=request.user, take=take)
    done = "已以回单为准入账" if take else "已核销"
    messages.success(request, f"第 {answer.row_number} 行（{answer.payment_number}）{done}。")
    return redirect("payments:answers")


@official(Role.FINANCE)
@require_POST
def repay(request: HttpRequest, number: str) -> HttpResponse:
    """Pay a returned payment again."""
    fresh = services.correct_and_repay(queries.payment_or_404(number), by=request.user)
    messages.success(request, f"已生成新的支付 {fresh.number}，请组批后重新送国库。")
    return redirect("payments:overview")


@dataclass(frozen=True, slots=True)
class _Explained:
    """A row of the bank with what it means and what to do; whether the reader may book it as the bank says."""

    answer: BankAnswer
    meaning: str
    advice: str
    may_take: bool


def _explained(answer: BankAnswer, reader: User | None = None) -> _Explained:
    may_take = (
        reader is not None and answer.outcome in MAY_BE_TAKEN and answer.file.imported_by_id != reader.pk
    )
    return _Explained(answer, meaning(answer.outcome), advice(answer.outcome), may_take)
