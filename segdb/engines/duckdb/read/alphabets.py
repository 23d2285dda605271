"""Alphabets: how often letters beyond ASCII occur in a language, and the codecs that write them.

Frequencies are rounded from published letter counts of running text; only their order and rough
size matter. Data, no statistics.
"""

from __future__ import annotations

from collections.abc import Mapping

# Language = its letters beyond ASCII with their weight.
_COUNTED = {
    "french": "é150 à30 è27 ê20 ç12 ô5 û4 â5 î5 ù3 ë4 ï4 œ2 ü1 ö1 ÿ1",
    "german": "ü100 ä58 ö44 ß31 é3",
    "spanish": "ó83 í73 á55 é43 ñ35 ú20 ü2 ç1",
    "portuguese": "ã75 ç50 é45 á40 í30 ó30 ê28 õ15 ú12 â12 à8 ô8",
    "italian": "à50 è40 ù15 ò20 ì12 é6",
    "dutch": "ë50 é40 ï20 ö8 ü8 ó5 è4 ç2",
    "swedish": "ä180 ö130 å134 é8 ü3",
    "danish": "å120 ø94 æ70 é6 ö3 ü3 ä3",
    "finnish": "ä360 ö44 å4",
    "icelandic": "á180 í157 þ100 ð200 ó100 ö78 é65 ú61 æ87 ý23",
    "catalan": "à50 é50 è50 ó40 í40 ò30 ç25 ú20 ï10 ü5",
    "turkish": "ı250 ü185 ş178 ç116 ğ113 ö78 İ60 â4",
    "polish": "ł210 ą99 ę110 ż83 ś66 ó79 ć40 ń25 ź8",
    "czech": "í160 á140 é90 ě120 ý90 ř80 č80 š69 ž72 ů30 ú10 ť3 ď3 ň5 ó3",
    "slovak": "á150 í100 é80 č90 ý90 š80 ž80 ú70 ľ40 ť40 ň20 ô20 ä10 ď10 ó10 ŕ2 ĺ2",
    "hungarian": "á340 é390 ö82 ó98 ő88 ü62 í60 ű25 ú65",
    "romanian": "ă200 â50 î80 ş130 ţ120 ș130 ț120",
    "croatian": "č110 š80 ž60 ć80 đ30",
    "lithuanian": "ė160 ų130 š110 ž80 į60 ą60 č40 ū40 ę20",
    "latvian": "ā400 ī190 ē180 š80 ū60 ņ60 ļ30 ž20 ķ10 ģ10 č10",
    "estonian": "ä110 õ100 ü80 ö30 š2 ž2",
}
# Of other scripts: the letters in the order of their frequency.
_RANKED = {
    "russian": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфёъ",
    "ukrainian": "оаинвіетрсклудмпзьябгйчхжшцюїєфщґ",
    "bulgarian": "аиоентрсвлкдпмзгябъучцйжхщшюфь",
    "greek": "αοιετσνηυρπκμλςήίόάέγδωθχύφώβξζψϊϋΐΰ",
    "hebrew": "יוהלארתבשמנדעחפקצגסטכזםןךףץ",
    "arabic": "الينمورتبةعدسفهكقأحجشطصىخإذزثضغئءظؤآ",
    "thai": "านรกงมยลวดทสตปอบคหจพชขะาเแใไโผธณศซญภฐฎถฟฉฮ",
}


def _weights(counted: str) -> Mapping[str, float]:
    letters = {part[0]: float(part[1:]) for part in counted.split()}
    total = sum(letters.values())
    return {letter: weight / total for letter, weight in letters.items()}


def _by_rank(letters: str) -> Mapping[str, float]:
    weights = {letter: 0.9**rank for rank, letter in enumerate(letters)}
    total = sum(weights.values())
    return {letter: weight / total for letter, weight in weights.items()}


LANGUAGES: Mapping[str, Mapping[str, float]] = {
    **{name: _weights(counted) for name, counted in _COUNTED.items()},
    **{name: _by_rank(letters) for name, letters in _RANKED.items()},
}
_WESTERN = (
    "french", "german", "spanish", "portuguese", "italian", "dutch", "swedish", "danish",
    "finnish", "icelandic", "catalan",
)  # fmt: skip
_CENTRAL = ("polish", "czech", "slovak", "hungarian", "romanian", "croatian")
_CYRILLIC = ("russian", "ukrainian", "bulgarian")
# Codec of one byte a character = its languages, and how rare it is (in units of ln p).
SINGLE_BYTE: Mapping[str, tuple[tuple[str, ...], float]] = {
    "cp1252": (_WESTERN, 0.0),
    "iso8859-15": (_WESTERN, 2.0),
    "iso8859-1": (_WESTERN, 1.0),
    "mac_roman": (_WESTERN, 3.0),
    "cp850": (_WESTERN, 4.0),
    "cp437": (_WESTERN, 5.0),
    "cp1250": (_CENTRAL, 1.0),
    "iso8859-2": (_CENTRAL, 2.0),
    "cp852": (_CENTRAL, 5.0),
    "cp1251": (_CYRILLIC, 1.0),
    "koi8-u": (_CYRILLIC, 3.0),
    "iso8859-5": (_CYRILLIC, 5.0),
    "cp866": (_CYRILLIC, 4.0),
    "cp1253": (("greek",), 1.0),
    "iso8859-7": (("greek",), 2.0),
    "cp1254": (("turkish",), 1.0),
    "cp1255": (("hebrew",), 2.0),
    "cp1256": (("arabic",), 2.0),
    "cp1257": (("lithuanian", "latvian", "estonian"), 2.0),
    "cp874": (("thai",), 2.0),
}
_KANA = "".join(map(chr, (*range(0x3041, 0x3094), *range(0x30A1, 0x30F7), 0x30FC)))
# Codec of several bytes a character = characters that are frequent in names, places and shops.
MULTI_BYTE: Mapping[str, str] = {
    "gb18030": (
        "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过"
        "子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体"
        "制机当使点从业本去把性好应开合还因由其前外天四日事平全表间样与关各重新线内数正心明看原利比"
        "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁"
        "任沈姚卢姜崔钟谭陆汪范金石廖贾夏付白邹孟熊秦邱江尹薛段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴"
        "伟芳娜敏静丽强磊军洋勇艳杰娟涛超秀英霞桂兰玉华建红志文海春燕"
        "北京市广州深圳杭南成都汉省区县路号店订单客户编姓名额期商品价格东西山河湖福四川重庆天津"
    ),
    "cp950": (
        "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過"
        "子說產種面而方後多定行學法所民得經十三之進著等部度家電力裡如水化高自二理起小物現實加量都兩體"
        "王李張劉陳楊黃趙吳周徐孫馬朱胡林郭何羅鄭梁謝宋唐許韓馮鄧曹彭曾蕭田董潘蔣蔡余杜葉程蘇魏呂丁"
        "任沈姚盧姜崔鍾譚陸汪范金石廖賈夏白鄒孟熊秦邱江尹薛段雷侯龍史陶黎賀顧毛郝邵萬錢嚴洪簡游賴"
        "志明家豪俊傑淑芬美玲雅婷怡君惠建宏偉文雄麗華玉英秀"
        "臺台北市新高雄縣區路號店訂單客戶編姓名額期商品數價格東西南山桃園竹街段樓"
    ),
    "cp949": (
        "이김박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지수영희현준"
        "호은경미숙자선울부산대인천광시도군동로길객명일금액상품량가격다는을를의에기사아어라리그스해제보원"
        "여연용종재철순옥혜상훈석태승예빈윤채번월년름소문점매입출국내외형기과학생"
    ),
    "cp932": (
        _KANA + "田中山本佐藤鈴木高橋伊渡辺小林加吉東京都大阪府県市区町村日月年人店客商品名"
        "金額注文数量価格"
        "松井清水野村上原川島谷口石岡崎森池阿部内藤斎三一二四五六七八九十子美恵太郎花子千葉横浜神戸福岡"
        "北海道名古屋仙台広島西南丁目番号電話住所会社員会株式"
    ),
    "euc_jp": "",
}
