"""Every part of a text gets its role, and what the furniture of a page tells is noted. All texts are invented."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.report.findings import Layout
from tadmor.report.header import lay_out
from tadmor.report.title import split_title

BODY = "Fighters took the village of Tell Karam on Saturday after two days of shelling, residents said."
MORE = "The army said that its men had pulled back to the hills in the south and would return before long."


def parts(text: str, **options: str) -> list[tuple[str, str]]:
    return [(part.role, text[part.start : part.end]) for part in lay_out(text, **options).segments]


def roles(text: str, **options: str) -> list[str]:
    return [role for role, _ in parts(text, **options)]


WIRE = f"""Rebels say they take border town

By Jane Carter and OMAR HADDAD

BEIRUT, Dec 10 (Reuters) - {BODY}

{MORE}

(Reporting by Jane Carter; Additional reporting by Ali Khoury in Amman; Editing by Tom Reed)
"""

SYNDICATED = f"""Militants Overrun Base in the East

Soldiers stand guard near the base in an undated picture. (Karim Nasser/Reuters)
Soldiers stand guard near the base in an undated picture. (Karim Nasser/Reuters)

{BODY}

{MORE}

Click here to read more.

SOURCE: LA Times, Anna Miller

Every book that you purchase helps the small but lively NORTH COAST RADIO NETWORK to go on.
"""

WRAPPED = """Government forces said on Monday that they had taken
two more districts in the east of the city, where fighting
has gone on for a month without a break.

Residents who left the area over the weekend spoke of heavy
shelling and said that many streets were blocked.
"""

ONE_LINE = (
    "Thursday 28 January 2016 17:27 Nine Killed in Strikes on Market in Tell Karam. Nine people were killed when "
    "warplanes hit a market in Tell Karam on Wednesday activists said. People inspect a shop after the strike "
    "(Reuters Photo) The town has been held by rebels since 2013. Follow us on Telegram and all other channels. "
    "(Source: Karam Media Office) Twitter"
)


def test_a_wire_story() -> None:
    layout = lay_out(WIRE)
    assert roles(WIRE) == ["headline", "byline", "dateline", "body", "body", "byline"]
    assert layout.headline == "Rebels say they take border town"
    assert layout.dateline == "Beirut"
    assert layout.dateline_day is not None
    assert (layout.dateline_day.year, layout.dateline_day.month, layout.dateline_day.day) == (None, 12, 10)
    assert layout.authors == ("Jane Carter", "Omar Haddad", "Ali Khoury")
    assert layout.original_outlet == "Reuters"
    assert not layout.truncated


def test_a_syndicated_story_that_is_cut_and_promoted() -> None:
    layout = lay_out(SYNDICATED)
    assert roles(SYNDICATED) == ["headline", "caption", "caption", "body", "body", "cut", "source", "promotion"]
    assert layout.original_outlet == "Los Angeles Times"
    assert layout.authors == ("Anna Miller",)
    assert layout.outlet == "North Coast Radio Network"
    assert layout.truncated
    assert layout.published is None


def test_lines_wrapped_at_a_fixed_width_are_one_paragraph() -> None:
    assert [text.count("\n") for role, text in parts(WRAPPED) if role == "body"] == [2, 1]


def test_a_text_that_lost_its_line_ends_is_taken_apart() -> None:
    layout = lay_out(ONE_LINE, title="Nine Killed in Strikes on Market in Tell Karam")
    found = parts(ONE_LINE, title="Nine Killed in Strikes on Market in Tell Karam")
    assert found == [
        ("dateline", "Thursday 28 January 2016 17:27"),
        ("headline", "Nine Killed in Strikes on Market in Tell Karam"),
        ("body", "Nine people were killed when warplanes hit a market in Tell Karam on Wednesday activists said."),
        ("caption", "People inspect a shop after the strike (Reuters Photo)"),
        ("body", "The town has been held by rebels since 2013."),
        ("promotion", "Follow us on Telegram and all other channels."),
        ("source", "(Source: Karam Media Office)"),
        ("promotion", "Twitter"),
    ]
    assert layout.published is not None and layout.published.on() == date(2016, 1, 28)
    assert layout.original_outlet == "Karam Media Office"


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("Published August 15 2016", date(2016, 8, 15)),
        ("Published: 14 November 2017 09:30 GMT", date(2017, 11, 14)),
        ("Published 3:12 pm EST, Saturday, December 10, 2016", date(2016, 12, 10)),
        ("Mon 07 Apr 2014", date(2014, 4, 7)),
        ("Sat Dec 10, 2016 3:12pm EST", date(2016, 12, 10)),
        ("2016-12-10", date(2016, 12, 10)),
        ("Date of publication 5 October 2016", date(2016, 10, 5)),
        ("Posted on 5 October 2016 | Damascus", date(2016, 10, 5)),
    ],
)
def test_lines_that_date_the_text(line: str, when: date) -> None:
    for text in (f"{line}\nTown Falls\n\n{BODY}\n{MORE}", f"Town Falls\n{line}\n\n{BODY}\n{MORE}"):
        layout = lay_out(text)
        assert layout.published is not None and layout.published.on() == when
        assert "dateline" in [part.role for part in layout.segments]


@pytest.mark.parametrize(
    "line",
    [
        "12 December 2016 was the quietest day of the month in the town, people there say.",
        "On 12 December 2016 the army left the town.",
        "29 November 2018 | 20 January 2019",
        "Released on 5 October 2016, the men went home to the town.",
        "Dec. 10",
    ],
)
def test_a_date_in_the_text_does_not_date_it(line: str) -> None:
    layout = lay_out(f"{line}\n\n{BODY}")
    assert layout.published is None and layout.updated is None


def test_the_entries_of_a_chronology_do_not_date_it() -> None:
    entries = [f"{at} December 2016" for at in (3, 8, 12)]
    for between in ("\n", ": "):
        text = "Town Falls\n\n" + "\n\n".join(f"{entry}{between}{BODY}" for entry in entries)
        assert lay_out(text).published is None
    assert lay_out(f"Published 1 May 2017\n\n{text}").published is not None


def test_a_first_word_that_pages_use_too_stays_in_its_sentence() -> None:
    line = "Video showed smoke over the town on Saturday."
    assert ("body", line) in parts(f"Town Falls to Rebels\n\n{line}\n\n{MORE}")


def test_a_change_is_no_publication() -> None:
    layout = lay_out(f"Last updated: 5 March 2017\n\n{BODY}")
    assert layout.published is None
    assert layout.updated is not None and layout.updated.on() == date(2017, 3, 5)


@pytest.mark.parametrize(
    ("line", "place", "agency"),
    [
        ("DAMASCUS, Syria (AP) — ", "Damascus, Syria", "Associated Press"),
        ("BEIRUT (Reuters) - ", "Beirut", "Reuters"),
        ("Beirut (AFP) – ", "Beirut", "Agence France-Presse"),
        ("ALEPPO, 12 December — ", "Aleppo", None),
        ("TAIZ, Yemen – ", "Taiz, Yemen", None),
        ("BEIRUT/GENEVA (Reuters) - ", "Beirut", "Reuters"),
        ("DEIR AL-ZOR, Dec 3 -- ", "Deir Al-Zor", None),
        ("MOSCOW (Sputnik) ", "Moscow", "Sputnik"),
    ],
)
def test_datelines(line: str, place: str, agency: str | None) -> None:
    layout = lay_out(line + BODY)
    assert (layout.dateline, layout.original_outlet) == (place, agency)
    assert parts(line + BODY) == [("dateline", line.strip()), ("body", BODY)]


@pytest.mark.parametrize(
    ("start", "place"),
    [
        ("BEIRUT At least 70 people left the town.", "Beirut"),
        ("Beirut Syrian jets struck the town.", "Beirut"),
        ("Deir Ezzor The army left the town.", "Deir Ezzor"),
        ("Palmyra Castle was left to the army.", None),
        ("Assad Supporters left the town.", None),
        ("Monday The army left the town.", None),
    ],
)
def test_a_dateline_whose_dash_was_lost_is_one_only_after_a_date(start: str, place: str | None) -> None:
    assert lay_out(f"{start} {BODY}").dateline is None
    assert lay_out(f"Last updated at Feb 02, 2015 {start} {BODY}").dateline == place


@pytest.mark.parametrize(
    "line",
    [
        "ISIS - the group that held the town - left.",
        "Nobody - not even the army - came.",
        "NATO — and others — said so.",
    ],
)
def test_what_only_looks_like_a_dateline(line: str) -> None:
    assert lay_out(f"{line}\n\n{BODY}").dateline is None


@pytest.mark.parametrize(
    "line",
    [
        "Smoke rises over the town. (Omar Saleh/AP)",
        "Photo: soldiers near the bridge",
        "FILE - In this Jan. 3, 2016 photo, soldiers stand near the bridge. (AP Photo/Omar Saleh, File)",
        "A man walks past a shop in the old town [Omar Saleh/Al Jazeera]",
        "Men at the bridge. (Photo by Omar Saleh)",
    ],
)
def test_captions(line: str) -> None:
    assert parts(f"Town Falls\n{line}\n{BODY}\n{MORE}")[1] == ("caption", line)


@pytest.mark.parametrize(
    "line",
    [
        "The Democratic Forces (SDF) hold the town.",
        "They were shot in the photo shop of the town on Monday, a doctor said.",
        "A coalition (of five groups) holds it.",
    ],
)
def test_sentences_in_brackets_are_no_captions(line: str) -> None:
    assert ("body", line) in parts(f"Town Falls\n{BODY}\n{line}\n{MORE}")


@pytest.mark.parametrize(
    "line",
    [
        "Read more",
        "Continue reading",
        "Click here to read more...",
        "[…]",
        "Read the full story at The Guardian",
        "...",
    ],
)
def test_a_line_that_tells_of_a_rest_elsewhere(line: str) -> None:
    text = f"Town Falls\n{BODY}\n{line}\n"
    assert lay_out(text).truncated
    assert roles(text)[-1] == "cut"


@pytest.mark.parametrize(
    ("end", "truncated"),
    [
        ("The rebels withdrew to the hills. The ar", True),  # half of "army"
        ("The rebels withdrew from the", True),
        ("The rebels withdrew and several", True),
        ('He said: "There is no way out for us', True),
        ("They went to the O", True),
        ("The rebels withdrew from the town", False),  # only the full stop is lost
        ("The rebels withdrew.", False),
        ('"We are leaving."', False),
        ("The rebels withdrew.[2]", False),
    ],
)
def test_a_text_that_stops_in_the_middle(end: str, truncated: bool) -> None:
    assert lay_out(f"{BODY}\n{MORE} The army came.\n{end}").truncated is truncated


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe to our newsletter",
        "Follow us on Twitter and Facebook for more.",
        "Advertisement",
        "© 2016 The Evening Nonesuch. All rights reserved.",
        "If you value our journalism, please donate today.",
        "Share this",
        "RELATED: What to know about the siege",
    ],
)
def test_promotion(line: str) -> None:
    assert ("promotion", line) in parts(f"Town Falls\n{BODY}\n{line}\n{MORE}")


@pytest.mark.parametrize(
    "line",
    [
        "The commission said that five of its members had been held in the town for a week by the army.",
        "“We support our people and will sign up for any truce,” the mayor said on Sunday by phone.",
        "The US said that the newsletter of the group named five of the dead and gave no source for it.",
        "A donation of food arrived in the town on Sunday, an aid worker at the crossing said by phone.",
    ],
)
def test_a_sentence_that_holds_such_a_word_stays_body(line: str) -> None:
    assert ("body", line) in parts(f"Town Falls\n{BODY}\n{line}\n{MORE}")


@pytest.mark.parametrize(
    ("line", "original", "authors"),
    [
        ("SOURCE: NY Times, Anna Miller", "The New York Times", ("Anna Miller",)),
        ("Source: AFP and agencies", "Agence France-Presse", ()),
        ("Source: https://www.example.org/world/a", "example.org", ()),
        ("This article was originally published on Syria Direct.", "Syria Direct", ()),
        ("This story first appeared in the Wall Street Journal.", "The Wall Street Journal", ()),
        ("Originally appeared at The Lakeside Gazette", "The Lakeside Gazette", ()),
        (
            "Associated Press writer Karim Said in Beirut contributed to this report.",
            "Associated Press",
            ("Karim Said",),
        ),
        ("By Anna Miller, Associated Press", "Associated Press", ("Anna Miller",)),
    ],
)
def test_origins(line: str, original: str, authors: tuple[str, ...]) -> None:
    layout = lay_out(f"Town Falls\n\n{BODY}\n\n{MORE}\n\n{line}\n")
    assert (layout.original_outlet, layout.authors) == (original, authors)


def test_the_name_of_the_site_above_the_headline() -> None:
    layout = lay_out(
        f"The Northern Herald\nPublished: 14 November 2017\nTown falls to rebels, monitor says\n{BODY}\n{MORE}"
    )
    assert (layout.outlet, layout.headline) == ("The Northern Herald", "Town falls to rebels, monitor says")


def test_a_first_sentence_that_begins_like_the_title_is_no_headline() -> None:
    layout = lay_out(
        "Operation Long Night (also Night Two) was an attack by the army on the town.", title="Operation Long Night"
    )
    assert layout.headline is None


@pytest.mark.parametrize(
    ("title", "headline", "outlet"),
    [
        ("Town falls to rebels - Region - World - Ahram Online", "Town falls to rebels", "Ahram Online"),
        ("Town falls to rebels | The Evening Nonesuch", "Town falls to rebels", None),
        ("Town falls - and rises", "Town falls - and rises", None),
        ("Town falls to rebels", "Town falls to rebels", None),
    ],
)
def test_titles_of_pages(title: str, headline: str, outlet: str | None) -> None:
    assert split_title(title) == (headline, outlet)


LINES = [
    BODY,
    MORE,
    "Town Falls",
    "By Anna Miller",
    "BEIRUT (AP) — Short.",
    "10 December 2016",
    "Read more",
    "(Omar Saleh/AP)",
    "Source: AFP",
    "Tags Syria War Read Also",
    "Subscribe",
    "___",
    "…",
    "“",
    ONE_LINE,
]


@given(
    st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=60)), max_size=12),
    st.sampled_from(["\n", "\n\n", " ", "  \n "]),
    st.sampled_from([None, "Town Falls", BODY]),
)
def test_segments_are_in_order_without_overlap_and_stripped(lines: list[str], between: str, title: str | None) -> None:
    text = between.join(lines)
    layout: Layout = lay_out(text, title=title)
    end = 0
    for part in layout.segments:
        assert end <= part.start < part.end <= len(text)
        assert text[part.start : part.end] == text[part.start : part.end].strip()
        end = part.end
    assert layout == lay_out(text, title=title)
    if layout.headline is not None:
        assert layout.headline in text
