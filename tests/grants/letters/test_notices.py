"""The mails that tell of a letter."""

from datetime import date

import pytest

from grants.letters.errors import LetterIncomplete
from grants.letters.notices import NoticeFacts, notice, second_notice

FACTS = NoticeFacts(
    office_name="Statsforvaltaren i Innlandet",
    recipient_name="Vågå kommune",
    our_reference="2022/0042",
    portal_name="portalen",
    letter_url="https://portal.example/brev/1/",
    contact_first_name="Ola",
    case_officer_name="Marit Solheimdal",
    case_officer_phone="00 00 00 00",
    available=date(2022, 3, 31),
    appeal_last_day=date(2022, 4, 21),
)


def test_the_first_notice_names_the_last_day_and_no_outcome() -> None:
    mail = notice(FACTS, "nn")
    assert mail.subject == "31. mars 2022: Nytt vedtak til Vågå kommune (sak 2022/0042)"
    assert mail.body == (
        "Hei, Ola. Statsforvaltaren i Innlandet har gjort eit vedtak om tilskot til kompetanseutvikling for Vågå "
        "kommune. Brevet ligg i portalen.\n\n"
        "Logg inn og les brevet: https://portal.example/brev/1/\n\n"
        "Klagefristen er tre veker og går frå i dag. Siste dag for å klage er 21. april 2022. I brevet står det "
        "korleis de klagar.\n\n"
        "Vi registrerer når nokon hos dykk opnar brevet. Er det ikkje opna innan ei veke, varslar vi éin gong til.\n\n"
        "Har du spørsmål? Svar på denne e-posten, eller ring Marit Solheimdal på 00 00 00 00.\n\n"
        "Helsing Marit Solheimdal, Statsforvaltaren i Innlandet\n\n"
        "Du får e-posten fordi Vågå kommune har oppgitt denne adressa for varsel.\n"
    )


def test_the_second_notice_does_not_move_the_period() -> None:
    mail = second_notice(FACTS, "nb", today=date(2022, 4, 7))
    assert mail.subject == "7. april 2022: Vedtaket til Vågå kommune er ikke åpnet (sak 2022/0042)"
    assert mail.paragraphs[2] == (
        "Klagefristen løper fra 31. mars 2022, ikke fra i dag. Siste dag for å klage er 21. april 2022."
    )


def test_a_notice_is_strict_too() -> None:
    with pytest.raises(LetterIncomplete, match="notice_new_2: letter_url is missing"):
        notice(NoticeFacts(**{**{n: getattr(FACTS, n) for n in FACTS.__slots__}, "letter_url": ""}), "nb")
