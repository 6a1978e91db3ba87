"""Which texts of MIDI files are no titles: names of tracks, of software, of those who typed."""

import re

from .tidy import has_letter

__all__ = ["ARTIST_LABELS", "COMPOSER_LABELS", "CREDITS", "TITLE_LABELS", "is_clean", "is_plain_title"]

LONGEST_TITLE = 60
MOST_WORDS = 9
# Letters of any script, digits and spaces among the characters of a title; mojibake has fewer.
LETTER_SHARE = 0.75

TITLE_LABELS = frozenset(
    {
        "title",
        "song",
        "song title",
        "song name",
        "name of song",
        "titel",
        "titre",
        "titolo",
        "titulo",
        "título",
    }
    | {"piece", "work", "曲名", "歌名", "标题", "標題", "タイトル", "제목"}
)
ARTIST_LABELS = frozenset(
    {"artist", "artists", "performer", "performed by", "recorded by", "singer", "band", "group", "interpret"}
    | {"artiste", "artista", "interprete", "original artist", "歌手", "演唱", "アーティスト", "가수"}
)
COMPOSER_LABELS = frozenset(
    {"composer", "composed by", "komponist", "compositeur", "compositore", "compositor"}
)

# Who typed, sold or published the file, with what, and how to reach them.
CREDITS = re.compile(
    r"©|\(c\)|℗|@|https?:|www\.|\.(?:com|net|org|de|it|uk|nl|fr|br|jp)\b|copyright|all rights|reserved|"
    r"\bseq(?:uenced|uencing|uencer|\.|\b)|\barr(?:anged|angement|\.)|transcri|programm?ed|typed|encoded|"
    r"converted|created|generated|produced|published|publisher|distribut|processed|captured|competition|"
    r"\bwords\b.*\bmusic\b|\bmusic\b.*\bby\b|lyrics?\b.*\bby\b|written by|composed by|e-?mail|\bmidi\b|"
    r"midifile|\bkaraoke\b|roland|yamaha|korg|kawai|casio|cakewalk|cubase|steinberg|logic pro|finale\b|"
    r"sibelius|musescore|noteworthy|guitar pro|tuxguitar|powertab|band-in-a-box|voyetra|winjammer|midisoft|"
    r"disklavier|sound ?canvas|\bsc-?(?:55|88)|\bmt-?32|general midi|\bxg\b|\bgs\b|\bgm\b|\bversion\b|"
    r"\bbpm\b|\btempo\b|dedicated|enjoy (?:it|this|my)|comments?\b|shareware|freeware|not for",
    re.IGNORECASE,
)


def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What tracks are called.
TRACK_WORDS = _split(
    "piano pianos grand upright acoustic electric elec bass basses guitar guitars gtr drums drum drumkit "
    "kit kick snare hihat hi hat hats cymbal cymbals toms tom strings string ensemble synth synthesizer "
    "pad pads lead vocal vocals vox voice voices melody melodie melodia chord chords harmony organ flute "
    "flutes recorder violin violins viola violas cello celli cellos contrabass trumpet trumpets trombone "
    "trombones sax saxophone saxes alto tenor soprano baritone horn horns brass choir aahs oohs ooh aah "
    "track tracks trk channel chan ch midi seq sequence untitled unknown unnamed noname name none control "
    "conductor tempo master click metronome intro verse chorus bridge ending left right hand lh rh treble "
    "clef staff stave part parts new song title test default gm gs xg port output input perc percussion "
    "conga congas bongo bongos shaker tambourine cowbell rhythm rythm accompaniment accomp backing "
    "background solo steel nylon clean distortion distorted dist overdrive overdriven jazz muted fretless "
    "slap picked finger fingered harp bell bells glockenspiel vibraphone vibes marimba xylophone timpani "
    "orchestra orchestral orch hit piccolo oboe bassoon clarinet clarinets english tuba harmonica "
    "accordion accordian banjo sitar koto whistle ocarina fx sfx effects setup sysex reset init data "
    "lyrics lyric words text karaoke soft standard file instrument temp temporary tmp type marker markers "
    "meta info time signature timing main primary upper lower high low mid top bottom first second third "
    "fourth and or the of for with a no nr mono poly group audio drumset drumtrack percusion keyboard "
    "keyboards keys clavinet clav clavi harpsichord rhodes epiano ep wurlitzer hammond church pipe reed "
    "brass1 section sections arp arpeggio loop pattern beat beats riff fill fills sub stereo left1 wind "
    "winds woodwind woodwinds pizzicato pizz tremolo arco sustain slow fast warm sweep halo polysynth "
    "sawtooth square saw sine calliope chiff charang fifths copyright performer tune output1 klavier "
    "gitarre schlagzeug begleitung stimme gesang streicher flöte geige spur akkorde batterie basse guitare "
    "chant voix cordes piste bateria baixo guitarra guitarras voz violao violão teclado cordas faixa pista "
    "bajo flauta chitarra batteria basso voce archi traccia tastiera coro cori pianoforte bas drumstel "
    "zang gitaar spoor stage ac gt merge performance map bb unbenannt sin titulo sans titre senza titolo "
    "nome 钢琴 吉他 贝斯 鼓 旋律 主旋律 伴奏 人声 弦乐 无标题 音轨 曲名 "
    " ピアノ ギター ベース ドラム "
    "ドラムス メロディ メロディー ストリングス 無題 トラック 피아노 기타 베이스 "
    "드럼 멜로디 무제 트랙 audiotrack miditrack"
)
# A name of three words or fewer that ends in one of these is a player's track: Steve Gadd drums.
INSTRUMENTS = _split(
    "piano bass guitar gtr drum drums strings synth organ flute violin viola cello trumpet trombone sax "
    "horn horns brass choir vocal vocals voice percussion perc melody rhythm chords track"
)
SIGNS = " '’,.!?()&-/:"
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
WORD = re.compile(r"[^\W\d_]+")
SERIAL = re.compile(
    r"^[\W\d_]*$|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|^\w*\d{2,}[-_]\d+\w*$|^[A-Za-z]{1,8}[-_ ]?\d+$"
)


def is_plain_title(text: str) -> bool:
    """Whether a text may be the title of a song: nothing says that it names something else.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
        False for names of instruments and tracks, software, credits, dates, file names, mojibake.
    """
    title = text.strip()
    if not 2 <= len(title) <= LONGEST_TITLE or not has_letter(title) or SERIAL.search(title):
        return False
    if "??" in title or CREDITS.search(title) or title.lower().endswith((".mid", ".kar", ".midi", ".wrk")):
        return False
    words = WORD.findall(title.lower())
    if len(words) > MOST_WORDS or all(len(word) == 1 and word.isascii() for word in words):
        return False
    if not is_clean(title) or words[0] in ("by", "von", "par"):
        return False
    if len(words) <= 3 and WORD.findall(HUMP.sub(" ", title).lower())[-1] in INSTRUMENTS:
        return False
    return not all(word in TRACK_WORDS or (len(word) == 1 and word.isascii()) for word in words)


def is_clean(text: str) -> bool:
    """Whether a text holds nothing but letters, digits and the signs of titles: mojibake holds more."""
    if not all(character.isalnum() or character in SIGNS for character in text):
        return False
    return sum(map(str.isalnum, text)) + text.count(" ") >= LETTER_SHARE * len(text)
