"""What pictures say in their own words, and how a number is written, in French and English."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..values import Value
    from .setting import Language

__all__ = ["as_number", "percentage", "phrase", "quantity", "written"]

_NARROW = "\u202f"
_PHRASES = {
    "about": ("vers {0}", "about {0}"),
    "also": ("aussi{_}: {0}", "also: {0}"),
    "and-more": ("et {0} de plus", "and {0} more"),
    "both": ("{0} et {1}", "{0} and {1}"),
    "count": ("{0} sur {1}", "{0} of {1}"),
    "crowded": (
        "Sans nom sur la carte, faute de place{_}:",
        "Unnamed on the map for want of room:",
    ),
    "day": ("au jour près", "to the day"),
    "decade": ("années {0}", "{0}s"),
    "false": ("non", "false"),
    "disagree": ("sources en désaccord", "sources that disagree"),
    "for-the-place": ("{0}, pour le lieu", "{0}, for the place"),
    "from": ("du nom encadré vers celui-ci", "from the framed name to this one"),
    "linking": ("entoure plusieurs noms encadrés", "stands around several framed names"),
    "month": ("au mois près", "to the month"),
    "no-share": ("aucune part donnée", "no share given"),
    "nothing": ("Aucune ligne ne répond à cette question.", "No row answers this question."),
    "pair": ("{0}{_}: {1}", "{0}: {1}"),
    "rest": ("non dit {0}", "{0} not said"),
    "relation-of": ("{0} de", "{0} of"),
    "roughly": ("vers ce moment", "about then"),
    "since": ("depuis {0}", "since {0}"),
    "since-day": ("depuis le {0}", "since {0}"),
    "towards": ("de celui-ci vers le nom encadré", "from this one to the framed name"),
    "total": ("total {0}", "total {0}"),
    "true": ("oui", "true"),
    "uncertain": ("{0}{_}(?)", "{0} (?)"),
    "undated": ("Sans date{_}:", "Undated:"),
    "unplaced": ("Sans coordonnées{_}:", "Without coordinates:"),
    "unsaid": ("non dit", "not said"),
    "until": ("jusqu’en {0}", "until {0}"),
    "until-day": ("jusqu’au {0}", "until {0}"),
    "year": ("à l’année près", "to the year"),
}


def phrase(lang: Language, key: str, *values: object) -> str:
    """Return one of the pictures' own phrases."""
    return _PHRASES[key][lang == "en"].format(*values, _=_NARROW)


def written(value: Value, lang: Language) -> str:
    """Return a value as people of the language write it; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return phrase(lang, "true" if value else "false")
    return value if isinstance(value, str) else quantity(value, lang)


def quantity(value: float | Decimal, lang: Language) -> str:
    """Return a number with its thousands apart: ``340 580,5``; in English ``340,580.5``."""
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or abs(exact.adjusted()) > 20:
        return f"{exact:.6g}"
    shown = f"{exact:,f}"
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    shown = shown.replace("-", "\N{MINUS SIGN}")
    if lang == "en":
        return shown
    return shown.replace(",", _NARROW).replace(".", ",")


def percentage(value: Value, lang: Language) -> str:
    """Return a share: ``80 %`` in French, ``80%`` in English; what is no number, as it is."""
    said = written(value, lang)
    return said if as_number(value) is None else f"{said}{_NARROW if lang == 'fr' else ''}%"


def as_number(value: Value) -> float | None:
    """Return a value as a finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
