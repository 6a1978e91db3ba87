"""How plausible bytes are as text in an encoding: log probabilities, roughly, of their characters.

The tables of the East Asian encodings are in order of use: the rows that come first hold the characters that
are common, so the lead byte alone says much. A few hundred of the commonest characters say the rest.
"""

from functools import lru_cache

__all__ = ["ENCODINGS", "score_text"]

#: Encodings in question, from the commonest in collections to the rarest: a tie goes to the earlier.
ENCODINGS = ("cp1252", "shift_jis", "gb18030", "big5", "euc_kr", "cp1251")

# The weights are in nats and hand-set: what is common costs 5, what a writer hardly types 12 and more.
COMMON = -5.0
USUAL = -8.0
RARE = -12.0
ODD = -16.0
UNDECODABLE = -25.0
# A change between Latin and other letters without a space or sign between.
SEAM = -3.0

SIMPLIFIED = frozenset(
    "的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天"
    "而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些"
    "与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相"
    "次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立"
    "马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共"
    "风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快"
    "条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步完革深区即求品士转量空甚众技轻程告江语英基派满式李"
    "息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改议形委早房音火际则首单据导影失拿网香似斯"
    "专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴怕夜歌曲梦泪伤恋吻爱情歌雨雪星恨忘歌谢醉泡沫再见别怕永远简单"
    "宝贝寂寞幸福快乐朋友故事童话誓言拥抱温柔等待旅行蝴蝶天使月亮太阳星空彩虹眼泪思念回忆秘密传说约定唱伍杰伦陈林俊"
)
TRADITIONAL = frozenset(
    "的一是不了人我在有他這中大來上個國到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她裡後小麼心多天"
    "而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長知民樣現分將外但身些"
    "與高意進把法此實回二理美點月明其種聲全工己話兒者向情部正名定女問力機給等幾很業最間新什打便位因重被走電四第門相"
    "次東政海口使教西再平真聽世氣信北少關並內加化由卻代軍產入先山五太水萬市眼體別處總才場師書比住員九笑性通目華報立"
    "馬命張活難神數件安表原車白應路期叫死常提感金何更反合放做系計或司利受光王果親界及今京務制解各任至清物台象記邊共"
    "風戰乾接它許八特覺望直服毛林題建南度統色字請交愛讓認算論百吃義科怎元社術結六功指思非流每青管夫連遠資隊跟帶花快"
    "條院變聯言權往展該領傳近留紅治決周保達辦運武半候七必城父強步完革深區即求品士轉量空甚眾技輕程告江語英基派滿式李"
    "息寫呢識極令黃德收臉錢黨倒未持取設始版雙歷越史商千片容研像找友孩站廣改議形委早房音火際則首單據導影失拿網香似斯"
    "專石若兵弟誰校讀志飛觀爭究包組造落視濟喜離雖壞興怕夜歌曲夢淚傷戀吻雨雪星恨忘謝醉泡沫永簡寶貝寂寞幸福樂朋故童誓"
    "擁抱溫柔待旅蝴蝶使亮陽彩虹念憶祕密約唱陳俊"
)
JAPANESE = frozenset(
    "日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新場金員九"
    "入選立開手米力学問高代明実円関決子動京全目表戦経通外最言氏現理調体化田当八六約主題下首意法不来作性的要用制治度"
    "務強気小七成期公野協取都和統以機平総加山思家話世受区領多県続進正安設保改数記院女初北午指権心界支第産結百派点教"
    "報済書府活原先共得解名交資予川向際査勝面委告軍文反元重近千考判認画海参売利組知案道信策集在件団別物側任引使求所"
    "次水半品昨論計死官増係感特情投示変打男基私各始島直両朝革価式確村提運終挙果西勢減台広容必応演電歳住争談能無再位"
    "置企真流格有疑口過局少放税検藤町常校料沢裁状工建語球営空職証土与急止送援供可役構木割聞身費付施切由説転食比難防"
    "補車優夫研収断井何南石足違消境神番規術護展態導鮮備宅害配副算視条幹独警宮究育席輸訪楽起万着乗店述残想線率病農州"
    "武声質念待試族象銀域助労例衛然早張映限親額監環験追審商葉義伝働形景落欧担好退準賞訴辺造英被株頭技低毎医復仕去姿"
    "味負閣韓渡失移差衆個門写評課末守若脳極種美岡影命含福蔵量望松非撃佐核観察整段横融型白深字答夜製票況音申様財港識"
    "注呼渉達夢恋愛歌曲唄花雪星雨風空涙君僕涯誰桜春夏秋冬瞳翼永遠奇跡光旅夕陽街鳥赤青黒色紅踊抱笑泣津海峡悲"
)
HANGUL = frozenset(
    "이다는에의을가고하지사은그나로리한어도기서자들아를대시인라해있일마게만으니것았수정전무여보상주안면부모생거유었"
    "세과우소요동구장성오제경스국진신제까선말미조공방물비연원음드없알때간간바람내너당랑눈별밤꿈길봄날노래같운심네되못"
    "울죽잊할던저두러히와치트르화야실초김박최강남여영현민준재향"
)
# Accented letters of the languages of western Europe, the common ones.
ACCENTED = frozenset("éèàùòìíóáúñçäöüßãõâêîôûåøæëïÉÀÈÇÑÄÖÜÅØÓÁÍÚ")
SIGNS = frozenset("’‘“”–—´¨`°©®™«»¿¡…·ªº")
SPACERS = frozenset(" ,.;:!?'()-_/")
# Signs between words in East Asian text.
WIDE_SIGNS = frozenset("　、。・「」『』（）！？～…―ー〜【】《》〈〉：，；·“”‘’—")


def score_text(text: bytes, encoding: str) -> float:
    """Log probability, roughly, that bytes are text in an encoding; ASCII costs nothing.

    Parameters
    ----------
    text : bytes
    encoding : str
        One of `ENCODINGS` or utf-8.

    Returns
    -------
    float
        In nats, 0 or below; comparable between encodings of the same bytes.
    """
    decoded = text.decode(encoding, "replace")
    return _score_bytewise(decoded, encoding) if encoding in _WEIGHTS else _score_wide(decoded, encoding)


def _score_bytewise(decoded: str, encoding: str) -> float:
    """Score text of an encoding with a byte a character, by the letters beside each character."""
    weigh = _WEIGHTS[encoding]
    score = 0.0
    before = " "
    for place, character in enumerate(decoded):
        if character >= "\x80":
            after = decoded[place + 1 : place + 2] or " "
            score += weigh(character, before, after)
        before = character
    return score


def _weigh_latin(character: str, before: str, after: str) -> float:
    if character == "�" or "\x80" <= character < "\xa0":
        return ODD
    beside_ascii = (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
    if character in ACCENTED:
        # Two accented letters in a row are rare, an accented capital inside a word more so.
        alone = before in SPACERS and after in SPACERS  # À, È, É are words
        score = -4.0 if beside_ascii or alone else -7.0
        if after >= "\x80" and after.isalpha():
            score -= 5.0
        if character.isupper() and before.islower():
            score -= 5.0
        return score
    if character in SIGNS:
        return -7.0 if before.isascii() or after.isascii() else -9.0
    return -9.0 if character.isalpha() and beside_ascii else -11.0


def _weigh_cyrillic(character: str, before: str, after: str) -> float:
    if character == "�":
        return ODD
    if "а" <= character <= "я" or "А" <= character <= "Я" or character in "ёЁ":
        beside_own = "Ѐ" <= before <= "ӿ" or "Ѐ" <= after <= "ӿ"
        if character.isupper() and (before.islower() or (before.isupper() and after.islower())):
            return RARE
        # Words of one letter are vowels or prepositions; letters amid Latin ones are no Cyrillic.
        seam = SEAM if _is_ascii_letter(before) or _is_ascii_letter(after) else 0.0
        return (-4.0 if beside_own else -8.0) + 3 * seam
    return -9.0 if character in SIGNS else RARE


def _weigh_utf8(character: str, before: str, after: str) -> float:
    if character <= "ÿ":
        return _weigh_latin(character, before, after)
    if "Ѐ" <= character <= "ӿ":
        return _weigh_cyrillic(character, before, after)
    own_block = ord(character) >> 7
    return -5.0 if own_block in (ord(before) >> 7, ord(after) >> 7) or after.isascii() else RARE


_WEIGHTS = {"cp1252": _weigh_latin, "cp1251": _weigh_cyrillic, "utf-8": _weigh_utf8}


def _score_wide(decoded: str, encoding: str) -> float:
    """Score text of an East Asian encoding, by its characters and the seams between scripts."""
    score = 0.0
    before = " "
    for place, character in enumerate(decoded):
        if character >= "\x80":
            score += _weigh_wide(character, encoding)
            if _is_half_width(character) and not (
                _is_half_width(before) or _is_half_width(decoded[place + 1 : place + 2])
            ):
                score += SEAM * 2  # half-width kana make words; a lone one is a Latin letter
            if _is_ascii_letter(before) and character not in WIDE_SIGNS:
                score += SEAM
        elif before >= "\x80" and before not in WIDE_SIGNS and _is_ascii_letter(character):
            score += SEAM
        before = character
    return score


def _is_half_width(character: str) -> bool:
    return "｡" <= character <= "ﾟ"


def _is_ascii_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


@lru_cache(maxsize=16384)
def _weigh_wide(character: str, encoding: str) -> float:
    if character == "�":
        return UNDECODABLE
    if character in WIDE_SIGNS or "！" <= character <= "～":
        return -7.0
    if encoding == "shift_jis":
        return _weigh_japanese(character)
    if encoding == "euc_kr":
        return _weigh_korean(character)
    common = SIMPLIFIED if encoding == "gb18030" else TRADITIONAL
    if character in common:
        return COMMON
    data = character.encode(encoding)
    if encoding == "gb18030":
        if len(data) == 2 and data[1] >= 0xA1:  # GB 2312: its first level is in 0xB0 to 0xD7
            return USUAL if 0xB0 <= data[0] <= 0xD7 else RARE if 0xD8 <= data[0] <= 0xF7 else ODD
        return ODD
    # Big5: its first level is in 0xA4 to 0xC6.
    return USUAL if 0xA4 <= data[0] <= 0xC6 else RARE if 0xC9 <= data[0] <= 0xF9 else ODD


def _weigh_japanese(character: str) -> float:
    if "ぁ" <= character <= "ん" or "ァ" <= character <= "ヶ":
        return COMMON
    if _is_half_width(character):
        return -6.0  # one byte each; Latin-1 letters look like these
    if character in JAPANESE:
        return COMMON
    data = character.encode("shift_jis")
    # JIS X 0208: its first level is in 0x88 to 0x97.
    return USUAL if 0x88 <= data[0] <= 0x97 else RARE if 0x98 <= data[0] <= 0xEA else ODD


def _weigh_korean(character: str) -> float:
    if character in HANGUL:
        return COMMON
    if "가" <= character <= "힣":
        return USUAL - 0.5
    return RARE if "一" <= character <= "鿿" else ODD
