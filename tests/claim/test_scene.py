"""What a report names, and the memory that later words lean on."""

from datetime import date

import pytest

from spoken import doc, scene, word
from tadmor.claim.scene import Scene
from tadmor.claim.tree import Token
from tadmor.records import Party, Where


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Fighting went on in Aleppo and Idlib.", "SY"),
        ("Soldiers left Goma and Bukavu in Congo.", "CD"),
        ("Ukrainian troops entered Kherson.", "UA"),
        ("The cat sat on the mat.", None),
    ],
)
def test_the_country_is_that_of_most_places(text: str, country: str | None) -> None:
    assert scene(doc(text)).country == country


def test_the_longest_name_wins_where_names_overlap() -> None:
    parsed = doc("The Syrian Observatory for Human Rights spoke.")
    mention = scene(parsed).mention(word(parsed, "Syrian"))
    assert mention is not None
    assert (mention.kind, mention.text) == ("source", "Syrian Observatory for Human Rights")


def test_mentions_cover_their_words_and_no_others() -> None:
    parsed = doc("Troops entered Deir al-Zour today.")
    made = scene(parsed)
    mention = made.mention(word(parsed, "Deir"))
    assert mention is not None
    assert parsed[mention.start : mention.end].text == mention.text == "Deir al-Zour"
    assert made.mention(word(parsed, "today")) is None
    assert made.mention(word(parsed, "Troops")) is None


def test_positions_grow_from_piece_to_piece() -> None:
    first, second = doc("Rebels left Azaz."), doc("Rebels left Idlib.")
    made = Scene([first, second], published=None, dateline=None)
    assert made.position(first[-1]) < made.position(second[0])
    assert made.mention(word(second, "Idlib")) is not None
    assert made.mention(word(first, "Azaz")) is not None


def test_what_is_remembered_comes_in_the_order_of_the_text() -> None:
    parsed = doc("Rebels left Azaz. Soldiers left Idlib.")
    made = Scene([parsed], published=date(2016, 1, 1), dateline=None)
    for name in ("Azaz", "Idlib"):
        made.remember_place(Where(name=name, text=name), "town", word(parsed, name))
    assert [seen.where.name for seen in made.located] == ["Azaz", "Idlib"]
    assert made.located[0].at < made.located[1].at


def test_a_place_that_only_says_where_another_lies_is_minor() -> None:
    parsed = doc("Rebels took a hill near Azaz. They took Idlib.")
    made = Scene([parsed], published=None, dateline=None)
    for name in ("Azaz", "Idlib"):
        made.remember_place(Where(name=name, text=name), "town", word(parsed, name))
    assert [seen.minor for seen in made.located] == [True, False]


def test_what_a_word_means_is_asked_again_only_where_the_memory_was_asked_and_has_grown() -> None:
    parsed = doc("Troops entered Azaz. They left the town.")
    made = scene(parsed)
    asked: list[str] = []

    def by_itself(head: Token, scene: Scene, how: str) -> str:
        asked.append(how)
        return head.text

    def by_memory(head: Token, scene: Scene, how: str) -> int:
        asked.append(how)
        return len(scene.located)

    def by_another(head: Token, scene: Scene, how: str) -> int:
        asked.append(how)
        return scene.meaning(by_memory, head, "inner")

    def ask() -> tuple[str, int, int]:
        town = word(parsed, "town")
        return (
            made.meaning(by_itself, town, "itself"),
            made.meaning(by_memory, town, "memory"),
            made.meaning(by_another, town, "another"),
        )

    spoken_of = len(made.located)
    assert ask() == ask() == ("town", spoken_of, spoken_of)
    assert asked == ["itself", "memory", "another", "inner"]
    made.remember_place(Where(name="Azaz", text="Azaz"), "town", word(parsed, "Azaz"))
    assert ask() == ("town", spoken_of + 1, spoken_of + 1)
    assert asked[4:] == ["memory", "another", "inner"]


def test_a_subject_is_remembered_as_such() -> None:
    parsed = doc("Rebels attacked soldiers.")
    made = Scene([parsed], published=None, dateline=None)
    for token in (parsed[0], parsed[2]):
        made.remember_party(Party(name=token.text, text=token.text), token, armed=True, state=False, plural=True)
    assert [seen.subject for seen in made.parties] == [True, False]


def test_the_group_is_the_watchdog_named_before() -> None:
    parsed = doc("The Syrian Observatory for Human Rights spoke. The group is in Britain.")
    assert scene(parsed).source_like(word(parsed, "group")) == "Syrian Observatory for Human Rights"
    other = doc("The minister spoke. The group is in Britain.")
    assert scene(other).source_like(word(other, "group")) is None
