"""Catalogue, questionnaire and result pages: what they show, to whom, with how many queries, and what they refuse."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext

from babashi.applications import services as applications
from babashi.catalogue import queries
from babashi.catalogue import services as catalogue
from babashi.catalogue.models import CatalogueItem, PackDraft, PackVersion
from babashi.catalogue.queries import dictionary
from babashi.enterprises.models import Enterprise, RegisterRow
from babashi.matching import services as matching
from babashi.matching.models import Match
from babashi.outreach import services as outreach
from babashi.reviews import services as reviews
from babashi.rules.loader import load_pack_from_texts
from tests.integration import case_world, policy_world

MOST = 12
LOAN = {"f.district": "500113", "f.kind": "企业", "f.industry_code": "3612", "f.employees_2021": "250"} | {
    "f.operating_revenue_2021": "1亿", "f.green_industry": "是", "t.loans.0.purpose": "流动资金",
    "t.loans.0.principal": "500万", "t.loans.0.starts_on": "2022-03-01", "t.loans.0.ends_on": "2022-09-01",
}  # fmt: skip
INTEREST = "/policies/banan-2022-63/interest-subsidy/"
ASK = "/match/questionnaire/"


class Pages(TestCase):
    """The shipped pack, thirty synthetic enterprises, matched and pushed."""

    @classmethod
    def setUpTestData(cls) -> None:
        policy_world.publish()
        with tempfile.TemporaryDirectory() as folder:
            policy_world.settle(Path(folder), 30)
        outreach.push_matches(matching.rematch(None, cause="import"))
        cls.user = policy_world.member(policy_world.showcase(7), "clerk")

    def text(self, path: str, **query: str) -> str:
        answer = self.client.get(path, query)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    # -- queries -------------------------------------------------------------------------------------------
    def queries(self, client: Client, path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(path)
        assert answer.status_code == 200, path
        return len(caught)

    def test_pages_take_at_most_twelve_queries(self) -> None:
        member, coordinator, author = Client(), Client(), Client()
        member.force_login(self.user)
        coordinator.force_login(policy_world.official("统筹", "coordinator"))
        author.force_login(policy_world.official("编制", "policy_author"))
        uscc = policy_world.showcase(7).uscc
        found = {
            path: self.queries(Client(), path)
            for path in ("/", "/policies/", "/policies/?q=贴息", INTEREST, ASK)
        }
        found["/policies/banan-2022-63/"] = self.queries(Client(), "/policies/banan-2022-63/")
        for path in (f"/match/{uscc}/", "/inbox/", "/inbox/settings/", "/"):
            found["member " + path] = self.queries(member, path)
        for path in ("/desk/matching/", "/desk/outreach/"):
            found[path] = self.queries(coordinator, path)
        found["/desk/packs/"] = self.queries(author, "/desk/packs/")
        assert {path: count for path, count in found.items() if count > MOST} == {}

    def test_queries_do_not_grow_with_rows(self) -> None:
        client = Client()
        client.force_login(self.user)
        paths = ("/inbox/", "/policies/", "/")
        before = [self.queries(client, path) for path in paths]
        for number in range(15):
            outreach.send(
                policy_world.showcase(7),
                kind="decision",
                subject="标题",
                body="正文",
                link="/",
                dedupe_key=f"n{number}",
            )
        texts = catalogue.texts_of(policy_world.BANAN)
        texts["pack.yaml"] = texts["pack.yaml"].replace("id: banan-2022-63\n", "id: banan-copy\n")
        catalogue.publish_pack(texts, by=None)
        assert CatalogueItem.objects.count() == 16
        assert [self.queries(client, path) for path in paths] == before

    # -- catalogue -----------------------------------------------------------------------------------------
    def test_search_marks_what_was_found(self) -> None:
        assert "<mark>贴息</mark>" in self.text("/policies/", q="贴息")
        assert "没有找到“天外来客”" in self.text("/policies/", q="天外来客")

    def test_words_that_nobody_wrote_together_find_what_comes_near(self) -> None:
        for words, wanted in (("贴息贷款", INTEREST), ("升规 研发", "/policies/banan-2022-63/scale-up/")):
            page = self.text("/policies/", q=words)
            assert f"没有完全符合“{words}”的事项" in page
            assert f'href="{wanted}"' in page
        assert "没有完全符合" not in self.text("/policies/", q="贴息")

    def test_search_takes_anything(self) -> None:
        for odd in ("'; drop table x; --", "<script>alert(1)</script>", "%", "a" * 5000, "\u202e", "&|!():*"):
            page = self.text("/policies/", q=odd, kind=odd, who=odd, department=odd, page=odd)
            assert "<script>alert" not in page

    def test_the_item_page_answers_five_questions_with_sources(self) -> None:
        page = self.text(INTEREST)
        for words in (
            "谁能享",
            "享多少",
            "怎么办",
            "何时到",
            "找谁",
            "张欣",
            "66239329",
            "每户企业贷款利息补助金额不超过30万元",
        ):
            assert words in page
        assert "待牵头单位确认" in page

    def test_old_versions_stay_readable(self) -> None:
        texts = catalogue.texts_of(policy_world.BANAN)
        texts["pack.yaml"] = texts["pack.yaml"].replace('version: "1.0.1"', 'version: "1.1.0"')
        catalogue.publish_pack(texts, by=None)
        assert "这是旧版本 1.0.1" in self.text(INTEREST, version="1.0.1")
        assert "旧版本" not in self.text(INTEREST)
        assert self.client.get(INTEREST, {"version": "9.9"}).status_code == 404

    def test_what_is_not_there_is_404(self) -> None:
        for path in ("/policies/none/", "/policies/none/none/", "/policies/banan-2022-63/none/"):
            assert self.client.get(path).status_code == 404
        catalogue.disable_pack(PackVersion.objects.get(), by=None)
        answer = self.client.get(INTEREST)
        assert answer.status_code == 410
        assert "没有启用" in answer.content.decode()

    # -- calculator ----------------------------------------------------------------------------------------
    def test_the_calculator_counts_to_the_fen_and_stores_nothing(self) -> None:
        before = (Match.objects.count(), RegisterRow.objects.count())
        answer = self.client.post(INTEREST + "calculator/", LOAN)
        assert answer.status_code == 200
        assert "47,277.78元" in answer.content.decode()
        assert (Match.objects.count(), RegisterRow.objects.count()) == before

    def test_the_calculator_says_what_is_missing(self) -> None:
        page = self.client.post(INTEREST + "calculator/", {"f.district": "500113"}).content.decode()
        assert "还缺：" in page
        assert "贷款" in page

    def test_the_calculator_explains_bad_input(self) -> None:
        for field, bad in {
            "f.employees_2021": "很多", "f.operating_revenue_2021": "-5", "f.industry_code": "制造",
            "t.loans.0.starts_on": "2022-02-30", "t.loans.0.principal": "1e9",
        }.items():  # fmt: skip
            answer = self.client.post(INTEREST + "calculator/", LOAN | {field: bad})
            assert answer.status_code == 422, field
            assert "field-error" in answer.content.decode(), field

    def test_a_tried_average_decides_the_research_item(self) -> None:
        facts = {
            "f.district": "500113", "f.kind": "企业", "f.industry_code": "3612", "f.rd_expense_2020": "600万",
            "f.rd_expense_2021": "800万", "f.operating_revenue_2021": "4亿", "p.rd_intensity_average": "2%",
        }  # fmt: skip
        path = "/policies/banan-2022-63/rd-investment/calculator/"
        assert "最高38万元" in self.client.post(path, facts).content.decode()
        bad = self.client.post(path, facts | {"p.rd_intensity_average": "250%"})
        assert bad.status_code == 422

    # -- who sees what -------------------------------------------------------------------------------------
    def test_a_stranger_learns_nothing_about_an_enterprise(self) -> None:
        known = policy_world.showcase(0)
        answers = []
        for name in (known.name, known.uscc, "从没有过的公司"):
            page = self.client.post("/match/look-up/", {"name": name}).content.decode()
            answers.append(page.replace(name, "…").split("<main", 1)[1])
        # the form tokens differ, nothing else may
        assert len({_without_tokens(page) for page in answers}) == 1
        for uscc in (known.uscc, "91500113MA5U000034"):  # to sign in, whether there is one or not
            assert self.client.get(f"/match/{uscc}/").url == f"/sign-in/?next=/match/{uscc}/"
        self.client.force_login(policy_world.member(policy_world.showcase(1), "other"))
        assert self.client.get(f"/match/{known.uscc}/").status_code == 404

    def test_a_member_sees_the_stored_facts_with_their_source(self) -> None:
        self.client.force_login(self.user)
        assert self.client.get("/match/", follow=True).redirect_chain
        page = self.text(f"/match/{policy_world.showcase(7).uscc}/")
        assert "最优组合，合计最高可得" in page
        assert "enterprises.csv 第" in page
        assert "/applications/new/banan-2022-63/scale-up/" in page

    # -- questionnaire -------------------------------------------------------------------------------------
    def ask(self) -> str:
        answer = self.client.get(ASK)
        return "" if answer.status_code == 302 else str(answer.context["ref"])

    def answer(self, ref: str, **data: str) -> None:
        names = {name.replace("__", "."): value for name, value in data.items()}
        assert self.client.post(ASK, {"ref": ref} | names).status_code == 302

    def test_an_answer_that_rules_everything_out_ends_the_questions(self) -> None:
        facts = (Enterprise.objects.count(), RegisterRow.objects.count())
        asked = []
        while ref := self.ask():
            asked.append(ref)
            self.answer(ref, **({"f__district": "000000"} if ref == "district" else {"act": "skip"}))
        assert "district" in asked
        assert len(asked) <= 2
        page = self.text("/match/answers/")
        assert "不适用的 7 项" in page
        assert (Enterprise.objects.count(), RegisterRow.objects.count()) == facts

    def test_skipping_everything_ends_and_nothing_comes_twice(self) -> None:
        asked = []
        while ref := self.ask():
            assert ref not in asked
            asked.append(ref)
            self.answer(ref, act="skip")
        assert "interest_subsidy_other_category" not in asked
        assert "rd_intensity_average" not in asked
        assert "缺资料" in self.text("/match/answers/")

    def test_back_shows_the_last_question_again(self) -> None:
        first = self.ask()
        self.answer(first, **{f"f__{first}": "500113" if first == "district" else "企业"})
        second = self.ask()
        assert second != first
        answer = self.client.post(ASK, {"ref": second, "act": "back"}, follow=True)
        assert answer.context["ref"] == first

    def test_bad_answers_are_explained_and_kept(self) -> None:
        answer = self.client.post(ASK, {"ref": "employees_2021", "f.employees_2021": "二百"})
        assert answer.status_code == 422
        assert 'value="二百"' in answer.content.decode()
        assert self.client.post(ASK, {"ref": "uscc'"}).status_code == 422
        assert self.client.post(ASK, {"ref": "interest_subsidy_other_category"}).status_code == 422

    def test_rows_and_none(self) -> None:
        self.answer("loans", **{"t__loans.0.purpose": "流动资金", "t__loans.0.principal": "60万"})
        stored = self.client.session["questionnaire"]["tables"]["loans"]
        assert stored[0]["principal"] == "600000"
        self.answer("loans", **{"t__loans.has": "no"})
        assert self.client.session["questionnaire"]["tables"]["loans"] is None
        self.client.post("/match/questionnaire/clear/")
        assert self.client.session["questionnaire"]["steps"] == []

    def test_the_question_stands_once_and_common_industries_are_one_tap(self) -> None:
        page = self.text(f"{ASK}?ask=industry_code")
        assert "行业代码</label>" not in page, (
            "the name of the register's column says nothing to who is asked"
        )
        assert 'name="f.industry_code" value="36"' in page
        assert page.index("下一题") < page.index('value="36"'), (
            "Enter sends what was typed, not the first industry"
        )
        sent = {"ref": "industry_code", "f.industry_code": ["", "36"]}
        assert self.client.post(ASK, sent).status_code == 302
        assert "36 汽车制造" in self.text("/match/answers/")

    def test_what_was_applied_for_already_leads_to_its_case(self) -> None:
        """Nobody is sent to apply for what he has, or has begun."""
        self.client.force_login(self.user)
        firm = policy_world.showcase(7)
        page = f"/match/{firm.uscc}/"
        apply = f"/applications/new/banan-2022-63/green-demonstration/?uscc={firm.uscc}"
        assert apply in self.text(page)
        case = applications.start_draft(firm, queries.item("banan-2022-63/green-demonstration"), by=self.user)
        begun = self.text(page)
        assert apply not in begun
        assert f'href="/applications/{case.public_id}/">继续填写' in begun
        case_world.account(firm, self.user)
        reviews.submit_and_open(case, revision=case.revision, by=self.user)
        assert f'href="/progress/{case.public_id}/">看进度' in self.text(page)
        reviews.withdraw_and_close(case, by=self.user)
        assert apply in self.text(page)

    def test_answers_are_repeated_with_their_units(self) -> None:
        self.answer("employees_2021", f__employees_2021="30")
        self.answer("operating_revenue_2021", f__operating_revenue_2021="800万")
        self.answer("first_above_scale_year", f__first_above_scale_year="2021")
        page = self.text("/match/answers/")
        for words in ("2021年从业人员", "30 人", "2021年营业收入", "8,000,000.00 元", "2021年 <a"):
            assert words in page, words

    # -- desk ----------------------------------------------------------------------------------------------
    def upload(self, user: object, *files: SimpleUploadedFile) -> object:
        self.client.force_login(user)  # type: ignore[arg-type]
        return self.client.post("/desk/packs/submit/", {"files": list(files), "note": "试"})

    def zipped(self, texts: dict[str, str]) -> SimpleUploadedFile:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in texts.items():
                archive.writestr(f"pack/{name}", text)
        return SimpleUploadedFile("pack.zip", buffer.getvalue())

    def test_author_submits_publisher_publishes(self) -> None:
        author = policy_world.official("编制", "policy_author")
        publisher = policy_world.official("发布", "policy_publisher")
        texts = catalogue.texts_of(policy_world.BANAN)
        texts["pack.yaml"] = texts["pack.yaml"].replace('version: "1.0.1"', 'version: "1.1.0"')
        assert self.upload(author, self.zipped(texts)).status_code == 302  # type: ignore[attr-defined]
        draft = PackDraft.objects.get()
        assert self.client.post(f"/desk/packs/drafts/{draft.pk}/publish/").status_code == 403
        self.client.force_login(publisher)
        assert self.client.post(f"/desk/packs/drafts/{draft.pk}/publish/").status_code == 302
        assert PackVersion.objects.get(is_current=True).version == "1.1.0"

    def test_posts_that_nobody_holds_are_said_before_publishing(self) -> None:
        """Else the first application finds out, and waits."""
        author = policy_world.official("编制", "policy_author")
        publisher = policy_world.official("发布", "policy_publisher")
        texts = catalogue.texts_of(policy_world.BANAN)
        texts["pack.yaml"] = texts["pack.yaml"].replace('version: "1.0.1"', 'version: "1.1.0"')
        self.upload(author, self.zipped(texts))
        page = f"/desk/packs/drafts/{PackDraft.objects.get().pk}/"
        self.client.force_login(publisher)
        told = self.text(page).partition("这些岗位还没有人员")[2].partition("</div>")[0]
        for post in ("受理", "初审", "复审", "审定"):
            assert f"区经济信息委“{post}”" in told, post
        assert "区商务委" not in told, "vouchers are only shown: nobody applies for them"
        for number, role in enumerate(("acceptor", "first_reviewer", "second_reviewer", "approver")):
            policy_world.official(f"经信{number}", role, "区经济信息委")
        policy_world.official("财政", "finance", "区财政局")
        assert "这些岗位还没有人员" not in self.text(page)

    def test_the_folder_with_the_notice_is_accepted_as_it_is_and_its_quotations_are_checked(self) -> None:
        """Whoever zips the folder of a draft hands in the notice and the notes beside it."""
        author = policy_world.official("编制", "policy_author")
        texts = catalogue.texts_of(policy_world.BANAN)
        notice = (policy_world.BANAN / "notice-2022-63.txt").read_text(encoding="utf-8")
        texts["pack.yaml"] = texts["pack.yaml"].replace('version: "1.0.1"', 'version: "1.1.0"')
        beside = {"notice-2022-63.txt": notice, "草稿说明.md": "# 说明"}
        wrong = {"notice-2022-63.txt": notice.replace("给予20万元一次性奖励", "给予2万元一次性奖励")}
        answer = self.upload(author, self.zipped(texts | wrong))
        assert answer.status_code == 422  # type: ignore[attr-defined]
        assert "里没有“给予20万元一次性奖励”" in answer.content.decode()  # type: ignore[attr-defined]
        assert self.upload(author, self.zipped(texts | beside)).status_code == 302  # type: ignore[attr-defined]
        draft = PackDraft.objects.get()
        assert set(draft.files) == {*texts, "notice-2022-63.txt"}
        assert draft.digest == load_pack_from_texts(texts, dictionary()).digest
        assert draft.report["warnings"] == []

    def test_without_the_notice_the_report_says_that_nothing_was_compared(self) -> None:
        author = policy_world.official("编制", "policy_author")
        texts = catalogue.texts_of(policy_world.BANAN)
        del texts["notice-2022-63.txt"]
        texts["pack.yaml"] = texts["pack.yaml"].replace('version: "1.0.1"', 'version: "1.1.0"')
        assert self.upload(author, self.zipped(texts)).status_code == 302  # type: ignore[attr-defined]
        (told,) = PackDraft.objects.get().report["warnings"]
        assert "notice-2022-63.txt" in told
        assert "引用没有核对" in told

    def test_bad_uploads_are_explained(self) -> None:
        author = policy_world.official("编制", "policy_author")
        texts = catalogue.texts_of(policy_world.BANAN)
        broken = texts | {"pack.yaml": texts["pack.yaml"].replace("kind: reward", "kind: gift", 1)}
        bomb = self.zipped({"pack.yaml": "a" * 3_000_000})
        cases = {
            "pack.yaml:": self.zipped(broken),
            "不认识的文件": SimpleUploadedFile("evil.exe", b"MZ"),
            "控制字符": SimpleUploadedFile("notice.txt", b"a\0b"),
            "UTF-8": SimpleUploadedFile("pack.yaml", "中".encode("gb18030")),
            "打不开": SimpleUploadedFile("pack.zip", b"PK\x03\x04broken"),
            "太大": bomb,
            "没有 pack.yaml": SimpleUploadedFile("lpr.csv", b"a,b"),
        }
        for words, file in cases.items():
            answer = self.upload(author, file)
            assert answer.status_code == 422, words  # type: ignore[attr-defined]
            assert words in answer.content.decode(), words  # type: ignore[attr-defined]
        assert not PackDraft.objects.exists()

    def test_auditors_read_and_never_write(self) -> None:
        self.client.force_login(policy_world.official("审计", "auditor", "区审计局"))
        version = PackVersion.objects.get()
        for path in (
            "/desk/packs/",
            f"/desk/packs/versions/{version.pk}/",
            "/desk/matching/",
            "/desk/outreach/",
        ):
            assert self.client.get(path).status_code == 200, path
        for path in (f"/desk/packs/versions/{version.pk}/switch/", "/desk/matching/rematch/"):
            assert self.client.post(path).status_code == 403, path


def _without_tokens(page: str) -> str:
    import re

    return re.sub(r'value="[A-Za-z0-9]{64}"', "", page)
