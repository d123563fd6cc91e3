"""The facts of the design's four reference letters, in both forms, and of the kinds the design gives no letter for.

Municipalities and universities are real; people, kindergarten, sums, account number and addresses are invented.
"""

from dataclasses import replace
from datetime import date

from grants.letters.facts import (
    Coordinator,
    Form,
    LetterFacts,
    LetterKind,
    Measure,
    Network,
    Office,
    OwnBase,
    OwnContribution,
    Partner,
    Payment,
    Person,
    Plan,
    Recipient,
    RecipientRole,
    Refusal,
    RefusalGround,
    RuleSet,
    TimeFrame,
)

ACCOUNT = "12345678903"


def office(form: Form, *, demo: bool = False) -> Office:
    return Office(
        name={"nb": "Statsforvalteren i Innlandet", "nn": "Statsforvaltaren i Innlandet"}[form],
        unit="Oppvekst og utdanning",
        postal_address="Postboks 000, 2604 Lillehammer",
        phone="00 00 00 00",
        email="post@kontor.example",
        website="kontor.example",
        orgnr="974761645",
        appeal_address="post@kontor.example",
        portal_name="portalen",
        demo=demo,
    )


def case_officer(form: Form) -> Person:
    title = {"nb": "seniorrådgiver", "nn": "seniorrådgjevar"}[form]
    return Person(name="Marit Solheimdal", title=title, phone="00 00 00 00", email="marit.solheimdal@kontor.example")


APPROVER = Person(name="Eivind Brattbakken", title="utdanningsdirektør")


def vaga() -> LetterFacts:
    """Letter 1: host municipality 2022, nynorsk."""
    return LetterFacts(
        rule_set=RuleSet.GUIDE2021,
        kind=LetterKind.AWARD,
        year=2022,
        letter_date=date(2022, 3, 31),
        appeal_last_day=date(2022, 4, 21),
        our_reference="2022/0042",
        your_date=date(2022, 1, 28),
        your_reference="22/118",
        office=office("nn"),
        recipient=Recipient(
            name="Vågå kommune",
            orgnr="939607706",
            role=RecipientRole.HOST,
            address_lines=("Postboks 000", "2680 VÅGÅ"),
            account_number=ACCOUNT,
        ),
        measures=(
            _m(1, "Profesjonsfellesskap: kollegarettleiing i grunnskulen", 180_000, "desentralisert"),
            _m(2, "Skriving i alle fag på mellomsteget", 120_000, "desentralisert"),
            _m(3, "Laget rundt barnet: barnehage, skule, PP-teneste og helsestasjon", 140_000, "kompetanseloftet"),
        ),
        amount_total=440_000,
        case_officer=case_officer("nn"),
        approver=APPROVER,
        forum_date=date(2022, 3, 10),
        time_frame=TimeFrame(start=date(2022, 1, 1), use_by=date(2022, 12, 31), report_by=date(2023, 1, 10)),
        payment=Payment(pay_by=date(2022, 4, 8), check_account_by=date(2022, 4, 6), budget_posts=(("226", "21"),)),
        network=Network(
            name="nettverket i Nord-Gudbrandsdal",
            municipalities=("Dovre", "Lesja", "Lom", "Sel", "Skjåk", "Vågå"),
        ),
        partners=(Partner(name="Høgskulen i Innlandet", amount=660_000),),
        own_contribution=_own(60_000, 18_000),
        coordinator=Coordinator(cap=88_000, pct=20),
        plan=_plan(440_000),
        unspent_discussed_in_network=True,
        attachments=("Kjenneteikn på måloppnåing (retningslinjene punkt 2)",),
        copy_text="Høgskulen i Innlandet og kommunane Dovre, Lesja, Lom, Sel og Skjåk",
    )


def lillehammer() -> LetterFacts:
    """Letter 2: host municipality 2022, bokmål."""
    return replace(
        vaga(),
        our_reference="2022/0043",
        your_reference="",
        office=office("nb"),
        recipient=Recipient(
            name="Lillehammer kommune",
            orgnr="945578564",
            role=RecipientRole.HOST,
            address_lines=("Postboks 000", "2605 LILLEHAMMER"),
            account_number=ACCOUNT,
        ),
        measures=(
            _m(1, "Profesjonsfellesskap: kollegaveiledning i grunnskolen", 240_000, "desentralisert"),
            _m(2, "Skriving i alle fag på mellomtrinnet", 150_000, "desentralisert"),
            _m(3, "Laget rundt barnet: barnehage, skole, PP-tjeneste og helsestasjon", 210_000, "kompetanseloftet"),
        ),
        amount_total=600_000,
        case_officer=case_officer("nb"),
        network=Network(name="nettverket i Lillehammerregionen", municipalities=("Gausdal", "Lillehammer", "Øyer")),
        partners=(Partner(name="Høgskolen i Innlandet", amount=900_000),),
        own_contribution=_own(78_000, 23_400),
        coordinator=Coordinator(cap=120_000, pct=20),
        plan=_plan(600_000),
        attachments=("Kjennetegn på måloppnåelse (retningslinjene punkt 2)",),
        copy_text="Høgskolen i Innlandet og kommunene Gausdal og Øyer",
    )


def university(form: Form) -> LetterFacts:
    """Letter 3: Universitetet i Innlandet 2026."""
    nn = form == "nn"
    school = "grunnskule" if nn else "grunnskole"
    rows = (
        ("pedagogisk leiing" if nn else "pedagogisk ledelse", "Lillehammerregionen", "barnehage", 420_000),
        ("", "Lillehammerregionen", school, 610_000),
        ("", "Nord-Gudbrandsdal", f"barnehage og {school}", 660_000),
        ("", "Gjøvikregionen", "barnehage", 385_000),
    )
    titles = (
        f"Profesjonsfellesskap og {rows[0][0]}",
        "Vurdering for læring i alle fag",
        f"Laget rundt barnet (spesialpedagogikk og {'inkluderande' if nn else 'inkluderende'} praksis)",
        f"Språkmiljø i {'heile' if nn else 'hele'} barnehagen",
    )
    return LetterFacts(
        rule_set=RuleSet.REG2026,
        kind=LetterKind.AWARD,
        year=2026,
        letter_date=date(2026, 3, 24),
        appeal_last_day=date(2026, 4, 14),
        our_reference="2026/0123",
        office=office(form),
        recipient=Recipient(
            name="Universitetet i Innlandet",
            orgnr="918108467",
            role=RecipientRole.PROVIDER,
            address_lines=("Postboks 000", "2418 ELVERUM"),
            account_number=ACCOUNT,
            university=True,
        ),
        measures=tuple(
            Measure(number=number, title=title, amount=row[3], network=row[1], directed_at=row[2])
            for number, (title, row) in enumerate(zip(titles, rows, strict=True), start=1)
        ),
        amount_total=2_075_000,
        case_officer=case_officer(form),
        approver=APPROVER,
        forum_date=date(2026, 3, 5),
        time_frame=TIME_2026,
        payment=PAYMENT_2026,
        measures_continue=True,
        report_per_measure=True,
        attachments=(f"{'Kjenneteikn på måloppnåing' if nn else 'Kjennetegn på måloppnåelse'} (§ 5)",),
        copy_text=(
            f"nettverkskoordinator{'ane' if nn else 'ene'} i Lillehammerregionen, Nord-Gudbrandsdal og Gjøvikregionen"
        ),
    )


def kindergarten(form: Form) -> LetterFacts:
    """Letter 4: partial refusal 2026 to a private kindergarten."""
    nn = form == "nn"
    return LetterFacts(
        rule_set=RuleSet.REG2026,
        kind=LetterKind.PARTIAL,
        year=2026,
        letter_date=date(2026, 3, 24),
        appeal_last_day=date(2026, 4, 14),
        our_reference="2026/0157",
        your_date=date(2026, 1, 30),
        office=office(form),
        recipient=Recipient(
            name="Fjellrosa barnehage SA",
            orgnr="999999999",
            role=RecipientRole.OWNER,
            address_lines=("Bygdavegen 1", "2690 SKJÅK"),
            account_number=ACCOUNT,
            private=True,
        ),
        measures=(
            Measure(
                number=1,
                title=(
                    "Leikemiljø: felles refleksjon i heile personalet"
                    if nn
                    else "Lekemiljø: felles refleksjon i hele personalet"
                ),
                amount=120_000,
                applied=120_000,
            ),
            Measure(
                number=2,
                title=f"Nettkurs i digitale verktøy for to pedagogiske {'leiarar' if nn else 'ledere'}",
                amount=0,
                applied=60_000,
            ),
        ),
        amount_total=120_000,
        case_officer=case_officer(form),
        approver=APPROVER,
        forum_date=date(2026, 3, 5),
        time_frame=TIME_2026,
        payment=PAYMENT_2026,
        partners=(Partner(name="Universitetet i Innlandet"),),
        own_effort=(
            "vikarar i 40 timar og lokale til fire samlingar"
            if nn
            else "vikarer i 40 timer og lokaler til fire samlinger"
        ),
        refusals=(_kindergarten_refusal(form),),
        attachments=("Behovsmelding 30. januar 2026 og svar 16. februar 2026",),
        copies=("Universitetet i Innlandet",),
        language_choice=True,
    )


def network_refusal(rule_set: RuleSet, ground: RefusalGround, form: Form) -> LetterFacts:
    """Nothing to a lead that reported for a network; only what a busy case officer writes is written."""
    base = vaga() if rule_set is RuleSet.GUIDE2021 else university("nn")
    scheme = "desentralisert" if rule_set is RuleSet.GUIDE2021 else "kollektiv"
    words = {
        "nb": "Vi har lagt vekt på at andre tiltak når flere barnehager og skoler.",
        "nn": "Vi har lagt vekt på at andre tiltak når fleire barnehagar og skular.",
    }
    return replace(
        base,
        kind=LetterKind.REFUSAL,
        office=office(form),
        recipient=replace(vaga().recipient, account_number=""),
        your_date=date(base.year, 1, 28),
        case_officer=case_officer(form),
        measures=(
            Measure(number=1, title="Skriving i alle fag", amount=0, applied=150_000, scheme=scheme),
            Measure(number=2, title="Laget rundt barnet", amount=0, applied=90_000, scheme=scheme),
        ),
        amount_total=0,
        network=vaga().network,
        time_frame=None,
        payment=None,
        plan=None,
        partners=(),
        own_contribution=None,
        coordinator=None,
        measures_continue=False,
        refusals=(Refusal(measures=(1, 2), ground=ground, assessment=words[form]),),
        attachments=(f"Behovsmelding 28. januar {base.year}",),
        copy_text="",
    )


def owner_refusal(form: Form) -> LetterFacts:
    """Nothing to a private owner under the 2026 regulation."""
    base = kindergarten(form)
    refused = tuple(replace(row, amount=0) for row in base.measures)
    return replace(
        base,
        kind=LetterKind.REFUSAL,
        measures=refused,
        amount_total=0,
        refusals=(replace(base.refusals[0], measures=(1, 2)),),
    )


def reduced(rule_set: RuleSet, form: Form) -> LetterFacts:
    """Part granted: one measure whole, one cut, one refused."""
    if rule_set is RuleSet.GUIDE2021:
        base = vaga() if form == "nn" else lillehammer()
    else:
        base = replace(
            kindergarten(form),
            recipient=replace(lillehammer().recipient, role=RecipientRole.HOST),
            network=Network(
                name="nettverket i Lillehammerregionen",
                municipalities=("Gausdal", "Lillehammer", "Øyer"),
                owners=("Fjellrosa barnehage SA",),
            ),
        )
    scheme = "desentralisert" if rule_set is RuleSet.GUIDE2021 else "kollektiv"
    words = {
        "nb": ("Pengene rekker ikke til hele tiltaket.", "Andre tiltak når flere skoler."),
        "nn": ("Pengane rekk ikkje til heile tiltaket.", "Andre tiltak når fleire skular."),
    }[form]
    return replace(
        base,
        kind=LetterKind.PARTIAL,
        measures=(
            Measure(number=1, title="Skriving i alle fag", amount=150_000, applied=150_000, scheme=scheme),
            Measure(number=2, title="Laget rundt barnet", amount=60_000, applied=90_000, scheme=scheme),
            Measure(number=3, title="Realfag ute", amount=0, applied=75_000, scheme=scheme),
        ),
        amount_total=210_000,
        plan=None,
        own_contribution=None,
        coordinator=None,
        refusals=(
            Refusal(measures=(2,), ground=RefusalGround.PRIORITY, assessment=words[0]),
            Refusal(measures=(3,), ground=RefusalGround.PRIORITY, assessment=words[1]),
        ),
        attachments=("Behovsmelding 30. januar",),
    )


def _m(number: int, title: str, amount: int, scheme: str) -> Measure:
    return Measure(number=number, title=title, amount=amount, scheme=scheme, year_no=1, year_count=4)


def _own(base: int, amount: int) -> OwnContribution:
    return OwnContribution(
        base=OwnBase.COORDINATOR_PART, pct=30, scheme="desentralisert", base_amount=base, amount=amount
    )


def _plan(amount: int) -> Plan:
    return Plan(next_need_deadline=date(2023, 2, 1), year_no=1, year_count=4, planned_amount=amount, last_year=2025)


TIME_2026 = TimeFrame(start=date(2026, 1, 1), use_by=date(2026, 12, 31), report_by=date(2027, 1, 15))
PAYMENT_2026 = Payment(pay_by=date(2026, 4, 10), check_account_by=date(2026, 4, 8))


def _kindergarten_refusal(form: Form) -> Refusal:
    if form == "nn":
        return Refusal(
            measures=(2,),
            ground=RefusalGround.CRITERIA,
            facts=(
                "I behovsmeldinga 30. januar 2026 skreiv de at to av ni tilsette skal ta eit nettkurs hos ein "
                "kursleverandør. Vi bad om fleire opplysningar 9. februar 2026. De svara 16. februar 2026 at resten av "
                "personalet ikkje skal vere med, og at de ikkje har avtale med noko kompetansemiljø om tiltaket."
            ),
            assessment=(
                "Vi har lagt vekt på at kurset gir kunnskap til to personar, men ikkje er lagt opp slik at personalet "
                "lærer saman. Det er heller ikkje planlagt i partnarskap eller samarbeid. Tiltaket oppfyller derfor "
                "ikkje krava i §§ 1 og 4. Samarbeidsforum hadde ingen merknader til forslaget vårt."
            ),
            guidance=(
                "De kan melde behovet på nytt neste år dersom heile personalet er med, og de planlegg tiltaket saman "
                "med eit kompetansemiljø."
            ),
        )
    return Refusal(
        measures=(2,),
        ground=RefusalGround.CRITERIA,
        facts=(
            "I behovsmeldingen 30. januar 2026 skrev dere at to av ni ansatte skal ta et nettkurs hos en "
            "kursleverandør. Vi ba om flere opplysninger 9. februar 2026. Dere svarte 16. februar 2026 at resten av "
            "personalet ikke skal være med, og at dere ikke har avtale med noe kompetansemiljø om tiltaket."
        ),
        assessment=(
            "Vi har lagt vekt på at kurset gir kunnskap til to personer, men ikke er lagt opp slik at personalet lærer "
            "sammen. Det er heller ikke planlagt i partnerskap eller samarbeid. Tiltaket oppfyller derfor ikke kravene "
            "i §§ 1 og 4. Samarbeidsforum hadde ingen merknader til forslaget vårt."
        ),
        guidance=(
            "Dere kan melde behovet på nytt neste år dersom hele personalet er med, og dere planlegger tiltaket sammen "
            "med et kompetansemiljø."
        ),
    )
