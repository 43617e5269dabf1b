"""Only English is read for claims, so other languages have to be told apart."""

from __future__ import annotations

import pytest

from tadmor.report.language import language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The army said on Monday that it had taken the town and that the road to the north was open again.", "en"),
        ("Militants seize airport near provincial capital", "en"),
        (
            "L'armée a annoncé lundi que les rebelles ont quitté la ville et que la route est ouverte au nord.",
            "fr",
        ),
        (
            "Die Armee hat am Montag die Stadt eingenommen und die Straße in den Norden ist wieder frei.",
            "de",
        ),
        (
            "El ejército dijo que la ciudad fue tomada el lunes y que las fuerzas se retiraron del norte.",
            "es",
        ),
        (
            "Ordu pazartesi günü kasabanın alındığını ve kuzey yolunun bir yıl sonra açık olduğunu bildirdi.",
            "tr",
        ),
        ("أعلن الجيش يوم الاثنين أنه سيطر على المدينة بعد معارك عنيفة استمرت ثلاثة أيام في الشمال", "ar"),
        ("Армия сообщила в понедельник, что город взят после трёх дней тяжёлых боёв на севере", "ru"),
        ("Homs Hama Idlib Aleppo Raqqa Hasakah Daraa Suwayda Quneitra Tartus Latakia Damascus Palmyra Azaz", "und"),
        ("", "en"),
    ],
)
def test_texts_are_told_apart(text: str, code: str) -> None:
    assert language(text) == code


def test_a_quotation_in_another_script_does_not_make_a_text_foreign() -> None:
    text = "The group, known as جبهة النصرة in Arabic, said that it had taken the town from the army on Monday."
    assert language(text) == "en"
