"""Characters: the encoding of words of many languages is guessed right, or said to be close."""

from __future__ import annotations

import pytest

from segdb.engines.duckdb.read.characters import guess

# Words, and the encodings they are written in.
WORDS = {
    "french": (
        "René,Hélène,François,Noël,Besançon,crème,Béatrice,Angoulême,Jérôme",
        "cp1252 mac_roman iso8859-15 cp850",
    ),
    "german": (
        "Müller,Schäfer,Köln,Straße,Jürgen,Größe,Düsseldorf,Söder",
        "cp1252 mac_roman cp850 cp437",
    ),
    "spanish": (
        "José,María,Núñez,Peña,Logroño,García,Sofía,Málaga",
        "cp1252 mac_roman cp850",
    ),
    "portuguese": (
        "João,São Paulo,Conceição,Antônio,Inês,Gonçalves,Simões",
        "cp1252 mac_roman",
    ),
    "italian": (
        "Niccolò,città,Cantù,Forlì,perché,qualità,Mondovì",
        "cp1252 mac_roman",
    ),
    "swedish": (
        "Åsa,Göran,Malmö,Jönköping,Västerås,Sjöberg,Håkan",
        "cp1252 cp850",
    ),
    "danish": (
        "Søren,Åse,Ærø,Jørgensen,København,Bjørn,Næstved",
        "cp1252 mac_roman",
    ),
    "polish": (
        "Łukasz,Małgorzata,Gdańsk,Łódź,Wójcik,Święty,Rzeszów,Częstochowa",
        "cp1250 iso8859-2",
    ),
    "czech": (
        "Jiří,Dvořák,Plzeň,Růžena,Novák,Černý,Šárka,Zdeněk",
        "cp1250 iso8859-2 cp852",
    ),
    "hungarian": (
        "Győr,László,Erzsébet,Pécs,Gyöngyös,Szőke,Kőszeg",
        "cp1250 iso8859-2",
    ),
    "russian": (
        "Иванов,Москва,Петров,Сергей,Наталья,Смирнов",
        "cp1251 koi8-r cp866 iso8859-5",
    ),
    "greek": (
        "Γιώργος,Αθήνα,Παπαδόπουλος,Μαρία,Θεσσαλονίκη",
        "cp1253 iso8859-7",
    ),
    "turkish": (
        "İstanbul,Yılmaz,Öztürk,Şahin,Çelik,Doğan,Gökçe",
        "cp1254",
    ),
    "lithuanian": (
        "Šiauliai,Jonė,Žukauskas,Panevėžys,Ąžuolas,Ričardas",
        "cp1257",
    ),
    "simplified chinese": (
        "王伟,李娜,北京市,上海,张敏,刘洋,广州,深圳",
        "gb18030",
    ),
    "traditional chinese": (
        "陳志明,林淑芬,台北市,高雄,黃俊傑,張美玲",
        "cp950",
    ),
    "korean": (
        "김민수,이영희,서울,박지훈,부산,최수진,대구",
        "cp949",
    ),
    "japanese": (
        "田中太郎,鈴木花子,東京都,大阪,サトウ,ヤマダ,高橋",
        "cp932 euc_jp",
    ),
}


@pytest.mark.parametrize(
    ("words", "codec"),
    [(words, codec) for words, codecs in WORDS.values() for codec in codecs.split()],
)
def test_a_column_of_words_is_read_as_it_was_written(words: str, codec: str) -> None:
    lines = [word.encode(codec) for word in words.split(",")]
    lines = [line for line in lines if not line.isascii()]
    best = guess(lines)
    assert [line.decode(best.codec) for line in lines] == [line.decode(codec) for line in lines]


def test_a_single_word_is_right_or_close() -> None:
    """Of 250 words alone, no more than three are read wrong without saying so."""
    wrong = []
    for words, codecs in WORDS.values():
        for codec in codecs.split():
            for word in words.split(","):
                line = word.encode(codec)
                best = guess([line])
                if not line.isascii() and line.decode(best.codec) != word and not best.close:
                    wrong.append((word, codec, best))
    assert len(wrong) <= 3, wrong


def test_signs_tell_where_letters_do_not() -> None:
    assert guess(["5 €".encode("cp1252")]).codec == "cp1252"
    assert guess(["Müller 5 €".encode("iso8859-15")]).codec == "iso8859-15"


@pytest.mark.parametrize(
    ("line", "codec"),
    [
        ("K1;€ 1.048,07", "cp1252"),
        ("K1;€1.048,07", "cp1252"),
        ("K1;-€5", "cp1252"),
        ("K1;£10.28", "cp1252"),
        ("K1;¥1028", "cp1252"),
        ("K1;1.048,07 €", "cp1252"),
        ("K1;1048€", "cp1252"),
        ("K1;1\xa0048,07\xa0€", "cp1252"),
        ("K1;£10.28", "cp850"),
    ],
)
def test_a_sign_beside_a_number_is_a_currency(line: str, codec: str) -> None:
    data = line.encode(codec)
    best = guess([data])
    assert data.decode(best.codec) == line or best.close
    assert codec != "cp1252" or data.decode(best.codec) == line


def test_bytes_elsewhere_in_the_file_count() -> None:
    # 0x81 is nothing in cp1252, and ü in cp850.
    assert guess([b"M\x81ller"], b"\x81").codec in ("cp850", "cp437")
    assert guess(["é".encode("cp1252")], b"\x81\xe9").codec != "cp1252"
