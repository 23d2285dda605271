"""Codes: integer columns whose numbers name something, and measure nothing."""

from __future__ import annotations

import re

from segdb.inspect.header_translations import english
from segdb.inspect.header_vocabulary import words

# A column with more values describes single customers, not groups of them.
MOST_CODES = 20
# What a number only names. Left out on purpose are ranks (class, grade, level, rating), and what is
# counted or measured as well (area, campaign, month).
_ENGLISH = (
    "region|district|zone|territory|country|state|province|county|city|town|location|site|"
    "store|shop|branch|outlet|warehouse|channel|department|dept|division|sector|industry|"
    "occupation|profession|job|gender|sex|race|ethnicity|religion|nationality|status|type|"
    "category|group|segment|cluster|cohort|brand|language|currency|plan|carrier|provider|"
    "operator|source|medium|method|device|platform|code|cd|cat"
)
# The same in German, French, Spanish, Italian, Portuguese and Dutch, without accents.
_OTHERS = (
    "gebiet|bezirk|bundesland|land|stadt|ort|filiale|laden|kanal|abteilung|branche|beruf|"
    "geschlecht|familienstand|sprache|gruppe|typ|tarif|"
    "departement|pays|ville|magasin|canal|secteur|metier|profession|sexe|genre|langue|groupe|"
    "pais|ciudad|provincia|tienda|sexo|genero|ocupacion|profesion|idioma|grupo|tipo|estado|"
    "regione|paese|citta|negozio|canale|settore|professione|sesso|genere|lingua|gruppo|"
    "regiao|cidade|loja|setor|profissao|regio|winkel|kanaal|geslacht|beroep|taal|groep|soort"
)
_NAMED = re.compile(
    rf"(.* )?({_ENGLISH}|{_OTHERS})|marital|(marital|civil|family) (status|state)|etat civil"
    r"|estado civil"
)
# Words by which such a name is that of a count, a measure or a rank after all.
_COUNTED = re.compile(
    r"\b(num|number|no|count|nb|n|total|sum|avg|average|mean|max|min|share|rate|age|income|size|"
    r"years?|months?|days?|anzahl|nombre|numero|aantal)\b"
)


def is_code(name: str) -> bool:
    """Whether a name says that the column's numbers name something: "Region", "store_type"."""
    readings = (words(name), english(words(name)))
    if any(_COUNTED.search(text) for text in readings):
        return False
    return any(_NAMED.fullmatch(text) for text in readings)
