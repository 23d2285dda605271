"""Calendar words: months and days of the week in eleven languages. Data.

English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish, Norwegian and
Polish, in lower case and without accents. No word stands for two months.
"""

from __future__ import annotations

# Each month's words, from January on, by the one that strptime reads.
_MONTHS: dict[str, str] = {
    "jan": (
        "january januar janner jaenner janvier janv enero ene gennaio gen janeiro januari "
        "stycznia styczen sty "
    ),
    "feb": "february februar fevrier fevr fev febrero febbraio fevereiro februari lutego luty lut",
    "mar": "march marz maerz mrz mars marzo marco maart mrt marts marca marzec",
    "apr": "april avril avr abril abr aprile kwietnia kwiecien kwi",
    "may": "mai mayo maggio mag maio mei maj maja",
    "jun": "june juni juin junio giugno giu junho czerwca czerwiec cze",
    "jul": "july juli juillet juil julio luglio lug julho lipca lipiec lip",
    "aug": "august aout agosto ago augustus augusti sierpnia sierpien sie",
    "sep": "sept september septembre septiembre settembre set setembro wrzesnia wrzesien wrz",
    "oct": (
        "october oktober okt octobre octubre ottobre ott outubro out pazdziernika pazdziernik paz "
    ),
    "nov": "november novembre noviembre novembro listopada listopad lis",
    "dec": (
        "december dezember dez decembre diciembre dic dicembre dezembro desember des grudnia "
        "grudzien gru "
    ),
}
MONTHS: tuple[tuple[str, ...], ...] = tuple(
    (month, *words.split()) for month, words in _MONTHS.items()
)
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri "
    "sat sun montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr "
    "sa so lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim lunes "
    "martes miercoles jueves viernes sabado domingo mie jue vie sab dom lunedi martedi mercoledi "
    "giovedi venerdi sabato domenica gio segunda terca quarta quinta sexta segunda-feira "
    "terca-feira quarta-feira quinta-feira sexta-feira "
    "seg ter qua qui sex maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za "
    "zo mandag mandagen tisdag onsdag torsdag "
    "fredag lordag sondag man tis ons tor fre lor son tirsdag lørdag søndag tir lør søn "
    "poniedzialek wtorek sroda czwartek piatek sobota niedziela pon wt sr czw pt sob nie "
)
WEEKDAYS: tuple[str, ...] = tuple(_WEEKDAYS.split())
# What may stand between day, month and year, and before the time of day.
BETWEEN = ("de", "del", "of", "do", "den")
BEFORE_TIME = ("at", "um", "a", "kl", "om", "o", "alle", "as", "las")
