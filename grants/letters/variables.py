"""From facts to the words that fill the texts. What is empty here stops the part that needs it."""

from collections.abc import Iterable
from datetime import date

from grants.letters.facts import Form, LetterFacts, LetterKind, Network, RuleSet
from grants.letters.filters import dato, konto, kroner, liste, number, orgnr, tallord
from grants.letters.library import Library


def numbers_of(values: Iterable[int]) -> str:
    """«1, 2 og 4»."""
    return liste(str(value) for value in values)


def scheme_phrase(facts: LetterFacts, form: Form, library: Library) -> str:
    """«desentralisert ordning», or «to ordningar: A og B» (2021). Under the 2026 regulation there is one scheme."""
    codes = list(dict.fromkeys(row.scheme for row in facts.measures))
    names = [library.schemes[code].sentence[form] for code in codes]
    if len(names) < 2:
        return "".join(names)
    count = {"nb": f"{tallord(len(names), form)} ordninger", "nn": f"{tallord(len(names), form)} ordningar"}[form]
    return f"{count}: {liste(names)}"


def covered_phrase(network: Network, recipient_name: str, form: Form, library: Library) -> str:
    """The others a lead acts for: «kommunane Lom og Sel, og Fjellrosa barnehage SA». Empty when there are none."""
    word = library.label("label", "municipality", form)
    municipalities = [name for name in network.municipalities if f"{name} {word}" != recipient_name]
    owners = [name for name in network.owners if name != recipient_name]
    phrases = []
    if len(municipalities) == 1:
        phrases.append(f"{municipalities[0]} {word}")
    elif municipalities:
        phrases.append(f"{library.label('label', 'municipalities', form)} {liste(municipalities)}")
    if owners:
        phrases.append(liste(owners))
    return ", og ".join(phrases)


def variables_of(facts: LetterFacts, form: Form, library: Library) -> dict[str, str]:
    """Every variable a part may ask for; the empty string where the facts hold nothing."""
    rows = facts.measures
    applied = sum(row.applied or 0 for row in rows)
    values = {
        "office_name": facts.office.name,
        "portal_name": facts.office.portal_name,
        "appeal_address": facts.office.appeal_address,
        "our_reference": facts.our_reference,
        "your_date": _day(facts.your_date),
        "available_date": dato(facts.letter_date),
        "appeal_last_day": dato(facts.appeal_last_day),
        "replaced_date": _day(facts.replaced_date),
        "year": str(facts.year),
        "recipient_name": facts.recipient.name,
        "recipient_orgnr": orgnr(facts.recipient.orgnr),
        "account_number": konto(facts.recipient.account_number) if facts.recipient.account_number else "",
        "amount_total": kroner(facts.amount_total) if facts.amount_total else "",
        "amount_total_number": number(facts.amount_total) if facts.amount_total else "",
        "amount_applied": kroner(applied) if applied else "",
        "amount_refused": kroner(sum(max((row.applied or 0) - row.amount, 0) for row in rows)),
        "measure_count": tallord(len(rows), form),
        "granted_of_applied": f"{tallord(sum(not row.refused for row in rows), form)} av {tallord(len(rows), form)}",
        "granted_numbers": numbers_of(row.number for row in rows if not row.refused),
        "refused_numbers": numbers_of(row.number for row in rows if row.refused),
        "reduced_numbers": numbers_of(row.number for row in rows if row.reduced),
        "scheme_phrase": scheme_phrase(facts, form, library),
        "recommendation_date": dato(facts.forum_date),
        "forum_input_date": dato(facts.forum_date),
        "partner_name": liste(partner.name for partner in facts.partners),
        "own_effort_text": facts.own_effort,
        "case_officer_name": facts.case_officer.name,
        "case_officer_title": facts.case_officer.title,
        "case_officer_phone": facts.case_officer.phone,
        "case_officer_email": facts.case_officer.email,
        "approver_name": facts.approver.name,
        "approver_title": facts.approver.title,
        "attachment_list": liste(facts.attachments),
        "copy_list": facts.copy_text or liste(facts.copies),
    }
    if facts.kind is LetterKind.REFUSAL:
        values.update({"amount_total": "", "account_number": ""})
    return values | _time_and_money(facts, form, library) | _network(facts, form, library)


def _time_and_money(facts: LetterFacts, form: Form, library: Library) -> dict[str, str]:
    values: dict[str, str] = {}
    if facts.time_frame:
        values |= {
            "period_start": dato(facts.time_frame.start),
            "use_by_date": dato(facts.time_frame.use_by),
            "report_deadline": dato(facts.time_frame.report_by),
            "repay_by_date": _day(facts.time_frame.repay_by),
        }
    if facts.payment:
        posts = facts.payment.budget_posts
        words = library.labels["label"]
        values |= {
            "payment_date": dato(facts.payment.pay_by),
            "account_check_date": dato(facts.payment.check_account_by),
            "blocking_condition": facts.payment.blocking_condition,
            "budget_chapter": posts[0][0] if posts else "",
            "budget_post": posts[0][1] if posts else "",
            "budget_list": liste(f"{words['chapter'][form]} {c} {words['post'][form]} {p}" for c, p in posts),
        }
    if own := facts.own_contribution:
        values |= {
            "own_pct": str(own.pct),
            "own_scheme": library.schemes[own.scheme].sentence[form],
            "own_base_amount": kroner(own.base_amount),
            "own_amount": kroner(own.amount),
        }
    if facts.coordinator:
        values |= {"coordinator_cap": kroner(facts.coordinator.cap), "coordinator_pct": str(facts.coordinator.pct)}
    if plan := facts.plan:
        values |= {
            "next_need_deadline": dato(plan.next_need_deadline),
            "year_no": str(plan.year_no or ""),
            "year_count": str(plan.year_count or ""),
            "planned_amount": kroner(plan.planned_amount) if plan.planned_amount else "",
            "last_year": str(plan.last_year or ""),
        }
    return values


def _network(facts: LetterFacts, form: Form, library: Library) -> dict[str, str]:
    if not facts.network:
        return {}
    return {
        "network_name": facts.network.name,
        "member_list": liste(facts.network.municipalities),
        "covered_list": covered_phrase(facts.network, facts.recipient.name, form, library),
    }


def _day(value: date | None) -> str:
    return dato(value) if value else ""


def suffix(rule_set: RuleSet) -> str:
    """The year that ends the ids of a rule set's own parts."""
    return {RuleSet.GUIDE2021: "2021", RuleSet.REG2026: "2026"}[rule_set]
