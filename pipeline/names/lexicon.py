"""Words that have a role in personal names: particles, suffixes, titles, surnames that come first.

Here: word lists only, lower-case, compiled for this project. Not here: rules (`parsing`, `kinds`) and
nicknames (`nicknames.csv`).
"""


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list written as one text."""
    return frozenset(text.split())


# --- words that belong to the family name after them ------------------------------------------------------

# Particles however they are capitalised. The first dozen are those arXiv itself knows.
PARTICLES = word_set(
    "van der de la von del della da ter dem di mac mc den des delle dello degli dei dal dalla "
    "dalle dela dos delos los las el al 't abu aboul aboal ibn bint op af ul ur ud uz auf vom zum "
    "zur saint sainte le lo du san ben bin"
)

# Of those, the ones that capitalised may be a Chinese, Korean or Vietnamese syllable or a surname of its
# own: before a surname of those languages they are a given name ("Shu Bin Liu", "Mong-Na Lo Huang").
DOUBTFUL_PARTICLES = word_set("da di la le lo du san ben bin den ter van des")

# Particles only when printed in lower case.
LOWER_PARTICLES = word_set("das do li ten te tot in aan santa ould zu av v. v d' und")

# "St." is also a Bulgarian initial: a particle before these saints only.
SAINTS = word_set(
    "john denis laurent pierre clair claire george amand amant onge germain louis martin cyr "
    "hilaire jean charles james aubin amour arnaud vincent paul peter leger marie"
)

# Arabic-script particles.
ARABIC_PARTICLES = word_set("بن ابن بنت أبو ابو آل عبد أبي ابي")

# Two surnames joined: "Barrado y Navascués", "Souza e Silva", "Fontcuberta i Morral". Lower case only.
CONJUNCTIONS = word_set("y e i")

# --- around the name --------------------------------------------------------------------------------------

# Printed form without dots, lower-case -> the form given out.
SUFFIXES = {
    "jr": "Jr.", "jnr": "Jr.", "junior": "Jr.", "júnior": "Jr.", "sr": "Sr.", "snr": "Sr.",
    "ii": "II", "iii": "III", "iv": "IV", "2nd": "II", "3rd": "III", "4th": "IV",
}  # fmt: skip
# Suffixes only where a comma sets them off: elsewhere they are names.
COMMA_SUFFIXES = {**SUFFIXES, "filho": "Filho", "neto": "Neto", "esq": "Esq."}
# Suffixes only between or after two other fields ("Smith, V, John"): else they are initials.
LATE_SUFFIXES = {**COMMA_SUFFIXES, "v": "V", "vi": "VI"}

TITLES = word_set(
    "dr dr. prof prof. professor a/prof. a/prof mr mr. mrs mrs. ms. miss sir dame lord rev. mme "
    "shri smt. engr. ing. dipl.-ing. dipl.-phys. fnu lnu"
)

# Degrees and memberships printed after a name; without dots, lower-case.
DEGREES = word_set(
    "phd dphil md msc bsc mph mba mphil ieee mieee fieee frs frcp facp pharmd scd dsc ddr facs ma "
    "bs ms rn mbbs student fellow member senior"
)
# Of those, the ones that are no two initials.
LONG_DEGREES = frozenset(degree for degree in DEGREES if degree[2:])
# Degrees recognised without a comma before them.
BARE_DEGREES = word_set("phd dphil pharmd mph mbbs msc bsc")

# --- surnames that show the order of a name ---------------------------------------------------------------

# Compound surnames in Han characters (Chinese and the same read in Korean or Vietnamese).
HAN_COMPOUND_SURNAMES = word_set(
    "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 夏侯 东方 東方 皇甫 尉迟 尉遲 公孙 公孫 令狐 慕容 "
    "宇文 司徒 轩辕 軒轅 长孙 長孫 端木 独孤 獨孤 南宫 南宮 西门 西門 呼延 拓跋 申屠 太叔 "
    "澹台 澹臺 濮阳 濮陽 淳于 单于 鮮于 鲜于 闻人 聞人 钟离 鍾離 司空 百里 东郭 東郭 赫连 "
    "赫連 完颜 完顏 第五 公羊 万俟 宗政 仲孙 仲孫 公冶 太史 巫马 巫馬 乐正 樂正 漆雕 南門"
)
HANGUL_COMPOUND_SURNAMES = word_set("남궁 황보 제갈 사공 독고 선우 서문 동방 망절 어금 장곡")
# Of those, the ones whose first syllable is no surname of its own or nearly never.
HANGUL_SURE_COMPOUNDS = word_set("남궁 황보 제갈 사공 독고")

# Vietnamese surnames, without marks. A name that starts with a SURE one and does not end with any starts
# with its family name: these are not used as given names.
VIETNAMESE_SURNAMES = word_set(
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh truong "
    "luong mai cao doan dao lam ha ta to luu chau phung quach thai tang kieu la vuong nghiem tong "
    "trieu bach dam"
)
VIETNAMESE_SURE_SURNAMES = word_set("nguyen tran pham huynh phan bui ngo trinh")
# Middle names that only Vietnamese full names have.
VIETNAMESE_MIDDLES = word_set("van thi")

# Romanised Chinese and Korean surnames (pinyin, Wade-Giles and Hong Kong forms, Korean forms).
EAST_ASIAN_SURNAMES = word_set(
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng "
    "liang xie song tang han feng deng cao peng zeng xiao tian dong pan yuan cai jiang yu du ye "
    "cheng wei su lu lv lyu ding ren yao shen zhong cui tan fan liao shi jin jia xia fu fang zou "
    "xiong bai meng qin qiu hou yin xue yan duan lei long tao shao mao hao gong wan dai kong "
    "xiang chang mo kang qian gu niu shu bao ge chu ji qi zhuang miao pei lou hua nie zuo yue "
    "tong geng wen ou ouyang situ sima zhuge shangguan murong lee wong chan cheung ho leung ng "
    "cheng lam lau kwok tsang tsai hsu hsieh chiu chou chu chuang chung hsiao kuo yeh yeung tse "
    "tsui tso yip yuen poon siu fung fong kwan kwong mak mok szeto teng tseng wu hung hwang huang "
    "tsou kim park choi jung jeong chung kang cho jo yoon yun jang chang lim rim han oh seo suh "
    "shin kwon hwang ahn an song ryu yoo yu hong jeon jun ko koh moon yang bae baek paik hur heo "
    "nam noh roh ha joo joh cha chun woo min jin ji um eom byun won bang kong pyo do eun"
)

# Surnames that, printed first, leave the order of a name open.
ORDER_SURNAMES = EAST_ASIAN_SURNAMES | VIETNAMESE_SURNAMES

# Words of two or three capitals that are no initials: surnames, and short forms of Muhammad and Saint.
WORDS_LIKE_INITIALS = ORDER_SURNAMES | word_set("md st")
