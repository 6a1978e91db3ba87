"""Words that tell names of people from names of heaps: given names, kinds of folders, numbering."""

__all__ = [
    "ALBUM_WORDS",
    "BLANKS_WITH_NUMBER",
    "CONNECTIVES",
    "COUNTED_WORDS",
    "GIVEN_NAMES",
    "GIVEN_NAMES_ONLY",
    "HEAP_STEMS",
    "HEAP_WORDS",
    "SMALL_WORDS",
    "SUREST_HEAP_WORDS",
    "SURNAMES_TOO",
    "TITLE_BLANKS",
    "VERSION_WORDS",
]


def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())


# One of these makes a folder a heap of files, whatever else stands in its name.
SUREST_HEAP_WORDS = _split(
    "midi midis mid mids midifile midifiles mididata mp3 mp3s wav wavs flac audio unsorted various varios "
    "vari varie verschiedene divers diverse diversen onbekende unknown misc miscellaneous polyphone "
    "polyphonic ringtone ringtones collection collections karaoke kar hits lieder download downloads "
    "incoming untitled unbekannt midirip corpus dataset datasets playlist playlists compilation "
    "compilations artists demo's lmd nottingham gtzan uspop uspop2002 cal500 cal10k pop909 asap maestro "
    "musicnet lakh library previews hymns soundtrack soundtracks recordings tracks"
)

# A folder is a heap if half its words are among these.
HEAP_WORDS = SUREST_HEAP_WORDS | _split(
    "music musik musica musique muziek muzyka my old all other others more best top files file data pop "
    "rock poprock jazz blues dance techno trance house disco discofox soul funk rap hiphop hip hop country "
    "western folk classical classic classics classique klassik metal reggae latin latino salsa samba bossa "
    "cumbia cumbia's rumba rumba's tango bolero bolero's merengue merengue's paso doble doble's chacha "
    "waltz polka gospel punk indie electronic world oldies evergreen evergreens christmas xmas kerst noel "
    "natale weihnachten traditional kids children childrens infantil tv movie movies film films filmes "
    "theme themes games game anime songs song canzoni chansons party sport summer hot charts chart "
    "commercial pack part vol volume cd disc disk set quality entertainers pflicht familien feste "
    "italia italian italiana french german english spanish dutch brasil brazil hinos paises 50's 60's 70's "
    "80's 90's 50s 60s 70s 80s 90s 00s female male fem femc sales tmp temp home users root mnt media srv "
    "var opt desktop documents public share shared usb backup backups nao não analisadas train test val "
    "valid validation raw src stuff sorted renamed aligned clean cleaned matched full small large greatest "
    "version versions "
    "latest karafun vocal vocals instrumental instrumentals time alle andere sonstige v1 v2 v3 v4 v5"
)

# These say nothing of a folder.
CONNECTIVES = _split("and of the with & e und y et en from for by vs a an in")

# Cut to eight letters, as in the folders of DOS: HITS-70.1, GRHITS-2, COUNTR94.1, NASHVIL3.
HEAP_STEMS = tuple(sorted(_split("hit grhit countr nashv broadw male fem xmas christ class oldie mov")))

# A folder with these in its name is an album: the artist stands above it.
ALBUM_WORDS = _split(
    "greatest hits best anthology essential album ost live unplugged collection disc disk cd cd1 cd2 cd3 "
    "vol volume disc1 disc2 sessions remastered deluxe edition ep lp"
)

# A number behind one of these belongs to the title.
COUNTED_WORDS = _split(
    "no no. nr nr. n n. op op. opus part pt pt. parte teil vol vol. volume number numero route area apollo "
    "mambo of to at is im i'm until till after u symphony sonata movement movimento satz song driver act "
    "chapter episode concerto prelude etude bwv kv k. invention nocturne waltz ballade polonaise mazurka "
    "rondo minuet sinfonia fugue & + x and oxygene equinoxe incantations studio blink level year freedom '"
)

# Behind a title, set off by a hyphen, these are about the recording.
VERSION_WORDS = _split(
    "live remix version acoustic unplugged instrumental karaoke demo edit mix medley reprise remastered "
    "remaster intro outro interlude explicit bonus mono stereo cover piano orchestra solo part"
)

# Titles that say nothing, with or without a number.
TITLE_BLANKS = _split(
    "poly mid midi untitled unknown track song file audio audiotrack noname none unnamed title tune new "
    "test temp output out recording take unbekannt unbenannt sconosciuto desconocido faixa pista titel"
)

# Of these, the ones that say nothing with a number only; alone they may be titles.
BLANKS_WITH_NUMBER = _split("song new tune take title titel test pista out")

SMALL_WORDS = _split("a an and as at but by for from in into nor of on or the to with")

GIVEN_NAMES = _split(
    "Etta James aaron abby adam adele adrian adriana adriano aimee al alan alanis albert alberto alejandro "
    "alessandra alex alexander alexandra alexia alfred ali alice alicia alison allan allen amanda amber "
    "amelia amy ana andre andrea andreas andrew andy angela angelo angie anita ann anna anne annie "
    "antonella antonello antonino antonio april aretha ariana arlo art arthur ashlee ashley astrud avril "
    "barbara barbra barry bart beatrice belinda ben benny bernard bert beth bette betty beyonce big bill "
    "billie billy bing bo bob bobby bonnie boy boz brad brandon brenda brian britney bruce bruno bryan "
    "bryn buck bud buddy burt cab caetano calvin cameron camille candy carl carla carlos carly carmen "
    "carol carole caroline carrie casey cass cat catherine cathy cecilia celine cesaria charles charlie "
    "charlotte cher cheryl chet chico chris christian christina christine christopher chubby chuck cilla "
    "cindy claire clara claude claudia claudio clay cliff clint cock colin connie conway corey craig "
    "crystal curtis cyndi daniel daniela daniele danny darius darren daryl dave david dean debbie deborah "
    "del demis denis dennis diana diane dido diego dina dinah dionne dj djavan doc dolly don donna donny "
    "donovan dora doris dorothy doug dr duane dusty dwight dwyane earl ed eddie eddy edith edoardo edward "
    "edwin eileen elaine elena elis elisa elizabeth ella ellen elliott elton elvis emilio emily emma "
    "emmylou enrico enrique enzo erasmo eric erik erma eros ethel etta eugene eva eve faith fats felix "
    "fiona fiorella flo florence frances francesca francesco francis francois frank frankie franz fred "
    "freddie freddy gabriel gabriella gal gary gene geoff george georgia gerry gianna gianni gigi gilbert "
    "gilberto gino giorgia giorgio giovanni giuni gladys glen glenn gloria glynn gordon grace graham greg "
    "gregory guy gwen hank hannah harold harry heather helen helene helmut henri henry herb herbert herbie "
    "hilary holly howard hugh ian ice iggy ike irene isaac iva ivana ivano jack jackie jaco jacques jake "
    "james jamie jan jane janet janis jared jason jay jean jeanette jeff jennifer jeremy jermaine jerry "
    "jesse jessica jewel jill jim jimi jimmie jimmy jo joan joao joaquin jody joe joel joey johann john "
    "johnnie johnny jojo jon jonathan joni jordan jorge jose joseph josh joshua joss jovanotti juan juanes "
    "judy juice jules julia julian julie julien julio june justin kai karen kat kate katharine kathy katie "
    "katy kay keith kelis kelly ken kenny kevin kid kim kimberly kirk kris kristina kurt kylie lamont lara "
    "larry laura lauren laurie lauryn leann leanne lee lena lenny leo leon leona leonard les lesley leslie "
    "lewis ligabue lil lily linda lionel lisa little liza lonnie loredana lorenzo loretta lou louis louise "
    "luca luciano lucio lucy luigi luis luka luke lulu luther lyle lynn macy madonna mahalia mama manu "
    "marc marcella marco margaret maria mariah marianne marie marilyn mario marion mark marky martha "
    "martin martina marty marvin mary massimo matt matthew maurice max maxi mc mel melanie melissa merle "
    "michael michel michele michelle mick miguel mike miles milton mina minnie miriam miss missy mitch "
    "moby morris morrissey mr mrs muddy mungo nada nana nancy naomi nat natalie natasha nathan neil nek "
    "nelly nelson nicholas nick nicki nicola nicole nik nikki nina noel nora norah norman oleta olivia "
    "ornella oscar otis ozzy paco pam pamela paolo papa pat patricia patrick patsy patti patty paul paula "
    "pauline pedro peggy peppino percy perry pete peter petula phil philip phoebe pierangelo pino placido "
    "quincy rachel raffaella ralph randy ray raymond reba renato renee ricardo riccardo richard rick "
    "rickie ricky rino rita rob robbie robert roberta roberto robin robyn rocky rod roger roland rolf "
    "roman ron ronan ronnie rosanna rosanne rose rosemary roy ruben rudy rufus rupert russ russell ruth "
    "ryan sabrina sade sally salvatore sam samantha sammy sandra sandy sarah sasha scatman scott sean "
    "sergio shakira shania shawn sheena sheryl shirley simon simone skeeter smokey solomon sonny sophie "
    "spencer stan stefan stefania stephanie stephen steve steven stevie stuart sue susan susanna suzanne "
    "suzi suzy sweet sylvia tammy tanya tara tatyana ted teddy terence teresa terri terry tex thelma "
    "thelonious theo thomas tiffany tim timmy tina tito tiziano toby tom tommy toni tony toquinho tori "
    "toto tracey tracy travis trini trisha tyler udo ugo umberto uncle usher ute valerie van vanessa vasco "
    "vera vic vicki victor viktor vince vincent vinicio vinicius viola virginia waldemar walter wanda "
    "warren wayne wendy wes wet whitney wilbert will willie willy woody wyclef xavier yves zizi zoe"
)

# Given names that are surnames as often: "Etta James" is no "James Etta".
SURNAMES_TOO = _split(
    "al allen angelo april art august bo boy buck bud candy carol cass cat charles che cher christian clay "
    "cole craig crystal curtis dan dean dee del delta dido doc dolly duke dusty earl eve faith fats felix "
    "ferry floyd francis gabriel gilbert gordon grace graham guy harold harry henry holly howard jack "
    "james jay jewel joel jordan joseph juice june kai kelly ken kid lee leon lewis little lulu madonna "
    "marie martin martina max mercy miles missy moby morrissey muddy nada nek nelson noel norman patty "
    "perry ray rock rocky roman rose russell ryan sade sandy santo scott shakira simon spencer summer "
    "sweet tex thomas tiffany toto travis tyler usher van victor warren will"
)

# Never surnames: behind one of the names above, they stand last because the surname is first (John Elton).
GIVEN_NAMES_ONLY = _split(
    "billy bobby carole elton janet kenny luther nat natalie peter phil ricky rod ronnie stevie tina "
    "whitney willie"
)
