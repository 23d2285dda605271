"""Vocabulary: what shops write into a column of states, and for guests. Data, no statistics.

English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish, Norwegian and
Polish, without accents.
"""

from __future__ import annotations

import re
import unicodedata

# An order of such a state brought no money, or gave it back.
_UNPAID_WORDS = """
refunded refund voided void cancelled canceled cancellation failed failure declined denied
rejected expired abandoned draft pending unpaid test fraud fraudulent chargeback disputed returned
reversed incomplete error hold aborted deleted uncaptured storniert storno erstattet ruckerstattet
rueckerstattet abgebrochen fehlgeschlagen ausstehend unbezahlt abgelehnt entwurf retourniert
rembourse remboursee annule annulee echoue echouee attente refuse refusee brouillon impaye impayee
retourne reembolsado reembolsada cancelado cancelada anulado anulada fallido fallida pendiente
rechazado rechazada borrador impagado devuelto devuelta rimborsato rimborsata annullato annullata
fallito fallita attesa rifiutato bozza reso estornado falhou falhado pendente recusado rascunho
devolvido terugbetaald geannuleerd mislukt openstaand geweigerd concept geretourneerd aterbetald
avbruten makulerad annullerad misslyckad misslyckades vantande nekad utkast returnerad refunderet
annulleret mislykket afventer afvist kladde returneret refundert kansellert avbrutt venter avvist
zwrocone zwrocony anulowane anulowany nieudane oczekujace oczekujacy odrzucone odrzucony szkic
return returns reversal cancel ruckerstattung rueckerstattung retoure retouren rucksendung
ruecksendung gutschrift offen stornierung remboursement avoir annulation devolucion reembolso
cancelacion anulacion rimborso resi annullamento devolucao estorno cancelamento retour annulering
terugbetaling creditnota aterbetalning retur kreditering kreditnota annullering tilbagebetalt
tilbagebetaling tilbakebetalt refusjon zwrot zwroty anulacja nieoplacone nieoplacony
"""
_UNPAID = frozenset(_UNPAID_WORDS.split())
# What may be either: partly paid back, or done.
_DOUBTFUL_WORDS = """
closed partially partial partly geschlossen teilweise clos ferme partiellement cerrado
parcialmente chiuso parzialmente fechado gesloten gedeeltelijk stangd delvis lukket zamkniete
czesciowo authorized authorised
"""
_DOUBTFUL = frozenset(_DOUBTFUL_WORDS.split())
_NOT_WORDS = """
not no non un never nicht kein pas
"""
_NOT = frozenset(_NOT_WORDS.split())
_STATE = re.compile(
    r"(\w+ )*(status|state|stage|outcome|result|disposition|type|kind|condition)( \w+)?"
)
# Beside the word status, where it is that of an order, and of no person, place or product.
_OF_ORDER_WORDS = """
order orders payment payments transaction transactions sale sales invoice receipt purchase basket
checkout booking fulfillment fulfilment fulfil financial document doc record line current final last
code id flag number
"""
_OF_ORDER = frozenset(_OF_ORDER_WORDS.split())
_OF_PARCEL = frozenset({"delivery", "shipping", "shipment", "billing"})
# What is the state of an order, or one on a map.
_STATE_OR_PLACE = frozenset({"state", "estado", "stato", "etat", "stan"})
# A state that says nothing by itself: P, 17, R2, CNCL, and what has no letter of Latin.
_CODE = re.compile(r"[a-z]|[a-z]{0,2}[-_ ]?\d{1,4}(\.0)?|[^\W\d_a-z\u00c0-\u024f]+", re.IGNORECASE)
_CODE_OR_PLACE = re.compile(r"[A-Za-z]{2}|[A-Z]{3}|[B-DF-HJ-NP-TV-XZ]{4,6}")
_WORDS = frozenset({"ok", "no", "yes", "new", "neu", "won", "pos", "web", "app", "oui", "sim"})
# What a column with the word currency in its name holds beside currencies.
_OF_CURRENCY = frozenset({"rate", "factor", "exchange", "conversion", "amount", "value", "price"})
# A column of its own for what was paid back: cancelled, is_refunded, refunded_at.
_FLAG = re.compile(
    r"(is |was |has |been )*(cancelled|canceled|refunded|voided|returned|deleted|test|fraud|"
    r"failed|reversed|storniert|annule|annulee|cancelado|anulado|annullato|geannuleerd|anulowane)"
    r"( (at|on|date|time|flag|order|ts))?"
)
_GUEST = re.compile(
    r"0+(\.0+)?|-1|guests?|anonymous|anon|unknown|none|null|n/?a|nan|undefined|test|walk[- ]?in|"
    r"cash|(guest|anonymous|noreply|no-reply|unknown|none|test)@.*|not set|\(not set\)|no name|"
    r"gast|anonym|unbekannt|invite|anonyme|inconnu|invitado|anonimo|desconocido|ospite|"
    r"sconosciuto|convidado|desconhecido|onbekend|gast(kunde|bestellung)|okand|ukendt|ukjent|"
    r"gosc|nieznany|x+|\?+|-+|(cash|retail|walk[- ]?in|counter) (customer|client|sale)s?|"
    r"walk[- ]?ins|counter|(un|not )registered|non[- ]?member|laufkund(e|en|schaft)|barverkauf|"
    r"barzahler|diverse|(client )?(de )?passage|(client )?comptoir|consumidor final|"
    r"(cliente )?(mostrador|generico|occasionale|final)|publico (en )?general|contanti|balcao|"
    r"passant(en)?|balieverkoop|kontant(kund|kunde|salg)?|klient detaliczny|gotowka"
)


def plain(text: str) -> str:
    """Return text in lower case, without accents, a blank for all that is no letter or digit."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("ø", "o").replace("ł", "l"))
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return " ".join(re.findall(r"[^\W_]+", bare))


def is_state_column(words: str) -> bool:
    """Whether the English words of a column's name say that it may hold the state of an order."""
    return _STATE.fullmatch(words) is not None


def is_state_of_order(words: str) -> bool:
    """Whether a column is, by its English words, the state of an order, and of nothing else."""
    parts = set(words.split())
    others = parts - {"status", "state"}
    return others != parts and others <= _OF_ORDER | _OF_PARCEL


def may_be_a_place(name: str) -> bool:
    """Whether the lower-case words of a column's name may mean a state on a map."""
    parts = set(plain(name).split())
    return bool(parts & _STATE_OR_PLACE) and parts <= _STATE_OR_PLACE | _OF_PARCEL | {"code", "id"}


def is_code(state: str, *, place: bool) -> bool:
    """Whether a state is a code, or of an alphabet that is not read here.

    Args:
        state: the value.
        place: whether the column may hold places, whose codes are letters too.
    """
    text = state.strip()
    if text.lower() in _WORDS:
        return False
    return bool(_CODE.fullmatch(text) or (not place and _CODE_OR_PLACE.fullmatch(text)))


def is_currency(words: str) -> bool:
    """Whether the English words of a column's name say that it holds the currency of an order."""
    parts = set(words.split())
    return "currency" in parts and not parts & _OF_CURRENCY


def is_unpaid_flag(words: str) -> bool:
    """Whether a column, by its name, is filled or true where an order was paid back."""
    return _FLAG.fullmatch(words) is not None


def is_unpaid(state: str) -> bool:
    """Whether a state surely says that no money stayed: cancelled, refunded, voided, failed."""
    parts = set(plain(state).split())
    return bool(parts & _UNPAID) and not parts & (_DOUBTFUL | _NOT)


def is_doubtful(state: str) -> bool:
    """Whether a state may say so: closed, partially refunded."""
    parts = set(plain(state).split())
    return bool(parts & _DOUBTFUL) and not parts & _NOT


def is_guest(identifier: object) -> bool:
    """Whether an id looks like the one under which a shop keeps all who have no account."""
    text = unicodedata.normalize("NFKD", str(identifier).strip().lower())
    bare = "".join(mark for mark in text if not unicodedata.combining(mark))
    return not bare or _GUEST.fullmatch(bare) is not None
