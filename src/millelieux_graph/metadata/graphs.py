"""What each named graph holds, in words."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["TABLES", "About", "about", "called"]


class About(NamedTuple):
    """A named graph, by language (``fr``, ``en``): its title, and what is in it."""

    title: dict[str, str]
    description: dict[str, str]


_KNOWN = {
    "ontology": (
        "Vocabulaire",
        "Vocabulary",
        "Les classes et les propriétés du vocabulaire, et ses alignements.",
        "The classes and properties of the vocabulary, and its alignments.",
    ),
    "vocab": (
        "Listes de concepts",
        "Concept schemes",
        "Les concepts dont les données tirent leurs valeurs, avec leurs définitions.",
        "The concepts from which the data take their values, with their definitions.",
    ),
    "report": (
        "Énoncés",
        "Claims",
        "Ce qui est dit des lieux et de leurs effets, chaque énoncé avec sa source.",
        "What is said of the places and their effects, each claim with its source.",
    ),
    "territories": (
        "Territoires",
        "Territories",
        "Les communes, et les territoires où elles se trouvent.",
        "The communes, and the territories that they lie in.",
    ),
    "catalog": (
        "Description",
        "Description",
        "Ce que le jeu de données dit de lui-même.",
        "What the dataset says of itself.",
    ),
    "inferred": (
        "Conclusions",
        "Conclusions",
        "Ce qui suit des autres graphes par les règles du vocabulaire.",
        "What follows from the other graphs by the rules of the vocabulary.",
    ),
}
_FOLDERS = {
    "links": (
        "Liens vers {}",
        "Links to {}",
        "Les liens d’ici vers {}, chacun avec sa sorte de correspondance.",
        "The links from here to {}, each with its kind of match.",
    ),
    "import": (
        "Import de {}",
        "Import of {}",
        "Ce qui a été lu dans {}.",
        "What was read from {}.",
    ),
}
_NAMES = {"geonames": "GeoNames", "insee": "INSEE", "wikidata": "Wikidata"}
TABLES = About(
    {"fr": "Tables", "en": "Tables"},
    {
        "fr": "Les réponses aux questions les plus courantes, une table par question.",
        "en": "The answers to the most usual questions, one table a question.",
    },
)
_ANY = (
    "Graphe {}",
    "Graph {}",
    "Le graphe nommé {} du jeu de données.",
    "The named graph {} of the dataset.",
)


def about(name: str) -> About:
    """Return the words about a named graph, given by its short name.

    >>> about("links/geonames").title["fr"]
    'Liens vers GeoNames'
    """
    folder, slash, _ = name.partition("/")
    words = _FOLDERS.get(folder, _ANY) if slash else _KNOWN.get(name, _ANY)
    shown = called(name) if slash and folder in _FOLDERS else name
    fr, en, fr_description, en_description = (word.format(shown) for word in words)
    return About({"fr": fr, "en": en}, {"fr": fr_description, "en": en_description})


def called(name: str) -> str:
    """Return what the dataset is called that a graph links to, or was read from.

    >>> called("links/insee")
    'INSEE'
    """
    dataset = name.partition("/")[2]
    return _NAMES.get(dataset, dataset)
