//! Words that are written alike and said differently: chosen by the words around them and by their part of speech.
//!
//! Each word has a list of choices; the first that fits is taken, and if none does the dictionary's own reading stays. Pairs of
//! noun and verb ("record", "object") are the dictionary's; here the words before and after correct the part of speech.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A word in its sentence.
#[derive(Clone, Copy)]
pub(super) struct Token<'a> {
    /// As written.
    pub text: &'a str,
    /// Penn Treebank's part of speech.
    pub tag: &'a str,
}

/// When a choice is taken: one of the lists has to fit, and the part of speech if one is named.
#[derive(Clone, Copy)]
struct Choice {
    phones: &'static str,
    /// Beginnings of tags; empty for any.
    tags: &'static [&'static str],
    /// The word directly before.
    before: &'static [&'static str],
    /// The word directly after.
    after: &'static [&'static str],
    /// Any word of the sentence.
    near: &'static [&'static str],
    /// No choice if one of these is directly after.
    unless_after: &'static [&'static str],
    /// Only with a capital, not at the beginning of the sentence.
    name: bool,
    /// All lists that have words must fit, not one of them.
    all: bool,
}

const ANY: Choice = Choice {
    phones: "",
    tags: &[],
    before: &[],
    after: &[],
    near: &[],
    unless_after: &[],
    name: false,
    all: false,
};

const MODALS: &[&str] = &[
    "to",
    "will",
    "would",
    "can",
    "could",
    "should",
    "must",
    "may",
    "might",
    "shall",
    "cannot",
    "don't",
    "doesn't",
    "didn't",
    "won't",
    "can't",
    "couldn't",
    "wouldn't",
    "shouldn't",
    "please",
    "let's",
    "do",
    "does",
    "did",
    "i'll",
    "you'll",
    "we'll",
    "they'll",
    "he'll",
    "she'll",
];
const MUSIC: &[&str] = &[
    "guitar",
    "guitars",
    "voice",
    "drum",
    "drums",
    "player",
    "players",
    "singer",
    "music",
    "clef",
    "line",
    "lines",
    "amp",
    "band",
    "sound",
    "treble",
    "volume",
    "speaker",
    "speakers",
    "turn",
    "turned",
    "play",
    "plays",
    "played",
    "playing",
    "double",
    "notes",
    "note",
    "jazz",
    "boost",
    "solo",
    "song",
    "tenor",
    "alto",
    "soprano",
    "baritone",
    "choir",
    "sings",
    "sang",
    "sing",
    "orchestra",
    "track",
    "electric",
    "headphones",
    "rock",
];
const RIPPED: &[&str] = &[
    "sail", "sails", "shirt", "jeans", "fabric", "cloth", "muscle", "ligament", "meniscus",
    "rotator", "paper", "seam", "hole", "pants", "tendon", "acl", "skin", "dress", "coat",
    "curtain", "wear", "sleeve", "sheet", "canvas", "leather", "jacket", "net", "pocket", "lining",
    "page",
];
const BOATS: &[&str] = &[
    "boat",
    "boats",
    "ship",
    "ships",
    "stern",
    "deck",
    "vessel",
    "yacht",
    "starboard",
    "waves",
    "wave",
    "sailor",
    "sailors",
    "anchor",
    "hull",
    "ferry",
    "canoe",
    "kayak",
    "captain",
    "crew",
    "sea",
    "spray",
    "submarine",
    "mast",
    "aft",
];
const METALS: &[&str] = &[
    "pipe",
    "pipes",
    "poisoning",
    "paint",
    "metal",
    "metals",
    "zinc",
    "copper",
    "toxic",
    "roof",
    "bullet",
    "bullets",
    "pencil",
    "pencils",
    "solder",
    "acid",
    "ore",
    "mine",
    "mines",
    "mercury",
    "arsenic",
    "cadmium",
    "tin",
    "iron",
    "gold",
    "contaminated",
    "contamination",
    "shield",
    "weights",
    "weight",
    "element",
    "alloy",
    "battery",
    "batteries",
    "molten",
    "exposure",
    "traces",
    "drinking",
    "covered",
    "heavy",
    "blood",
    "dust",
    "glass",
    "poison",
    "petrol",
    "gasoline",
    "apron",
];
const LEADERS: &[&str] = &[
    "singer",
    "role",
    "actor",
    "actress",
    "guitarist",
    "guitar",
    "researcher",
    "developer",
    "author",
    "time",
    "the",
    "to",
    "a",
    "over",
    "us",
    "me",
    "them",
    "him",
    "her",
    "by",
    "investigator",
    "engineer",
    "designer",
    "story",
    "character",
    "vocals",
    "you",
    "it",
    "his",
    "their",
    "our",
    "my",
    "in",
    "with",
    "on",
    "at",
    "changed",
    "shrank",
    "grew",
    "runner",
    "car",
    "scientist",
    "prosecutor",
    "lawyer",
    "architect",
    "sponsor",
];
const FISHING: &[&str] = &[
    "fish",
    "fishing",
    "caught",
    "catch",
    "lake",
    "river",
    "striped",
    "largemouth",
    "smallmouth",
    "angler",
    "anglers",
    "hook",
    "lure",
    "lures",
    "grilled",
    "fillet",
    "fillets",
    "bait",
    "pond",
    "trout",
    "sea",
    "perch",
    "salmon",
    "cod",
    "reel",
    "pound",
];
const WINDING: &[&str] = &[
    "clock", "watch", "tape", "yarn", "rope", "thread", "wire", "wires", "bobbin", "coil",
    "handle", "crank", "spool", "reel", "toy", "spring", "string", "wool", "cable", "film", "key",
    "scarf", "tightly", "around",
];
const WOUNDS: &[&str] = &[
    "blood",
    "bullet",
    "knife",
    "bandage",
    "bandages",
    "infected",
    "infection",
    "heal",
    "healed",
    "stab",
    "gunshot",
    "flesh",
    "pain",
    "doctor",
    "surgeon",
    "soldier",
    "nurse",
    "open",
    "stitches",
    "dressing",
    "bled",
    "bleeding",
    "salt",
    "hospital",
    "leg",
    "arm",
    "head",
    "dressed",
    "fatal",
    "clean",
    "cleaned",
];

type Table = &'static [(&'static str, &'static [Choice])];

const TABLE: Table = &[
    (
        "lead",
        &[
            Choice {
                phones: "lˈɛd",
                tags: &["NN", "JJ"],
                near: METALS,
                unless_after: LEADERS,
                ..ANY
            },
            Choice {
                phones: "lˈɛd",
                after: &[
                    "poisoning",
                    "pipe",
                    "pipes",
                    "paint",
                    "pencil",
                    "bullet",
                    "bullets",
                    "acid",
                    "weights",
                    "shot",
                    "mine",
                    "mines",
                    "balloon",
                    "roof",
                    "ore",
                ],
                ..ANY
            },
        ],
    ),
    (
        "tear",
        &[
            Choice {
                phones: "tˈɛɹ",
                after: &[
                    "up", "apart", "down", "off", "out", "through", "into", "it", "them", "open",
                    "away",
                ],
                ..ANY
            },
            Choice {
                phones: "tˈɪɹ",
                after: &["gas", "duct", "ducts", "drop", "drops"],
                ..ANY
            },
            Choice {
                phones: "tˈɪɹ",
                tags: &["NN"],
                near: &[
                    "eye", "eyes", "cheek", "cheeks", "cry", "cried", "crying", "sad", "shed",
                    "wept", "wiped",
                ],
                ..ANY
            },
            Choice {
                phones: "tˈɛɹ",
                near: RIPPED,
                ..ANY
            },
        ],
    ),
    (
        "tears",
        &[
            Choice {
                phones: "tˈɛɹz",
                after: &[
                    "up", "apart", "down", "off", "out", "through", "into", "it", "them", "the",
                    "open",
                ],
                ..ANY
            },
            Choice {
                phones: "tˈɪɹz",
                near: &[
                    "eye", "eyes", "cheek", "cheeks", "cry", "cried", "crying", "burst", "joy",
                    "shed", "wept", "wiped", "in",
                ],
                ..ANY
            },
            Choice {
                phones: "tˈɛɹz",
                near: RIPPED,
                ..ANY
            },
        ],
    ),
    (
        "bow",
        &[
            Choice {
                phones: "bˈO",
                near: &[
                    "arrow", "arrows", "tie", "ties", "ribbon", "violin", "cello", "hair",
                    "archer", "quiver", "gift", "wrapped", "bow-tie", "archery", "fiddle",
                    "string", "strings",
                ],
                ..ANY
            },
            Choice {
                phones: "bˈW",
                near: BOATS,
                ..ANY
            },
            Choice {
                phones: "bˈW",
                near: &[
                    "curtain", "applause", "singer", "audience", "stage", "actor", "actors",
                    "cast", "dancer", "dancers", "took", "deep",
                ],
                ..ANY
            },
            Choice {
                phones: "bˈW",
                before: &[
                    "take", "took", "takes", "taking", "deep", "final", "polite", "slight", "i",
                    "we", "they", "must",
                ],
                ..ANY
            },
            Choice {
                phones: "bˈW",
                after: &["to", "before", "down", "out", "your", "his", "her", "their"],
                ..ANY
            },
        ],
    ),
    (
        "bows",
        &[Choice {
            phones: "bˈWz",
            after: &["to", "before", "down", "out", "his", "her"],
            ..ANY
        }],
    ),
    (
        "minute",
        &[
            Choice {
                phones: "mInˈut",
                after: &[
                    "speck",
                    "specks",
                    "amount",
                    "amounts",
                    "detail",
                    "details",
                    "quantity",
                    "quantities",
                    "particle",
                    "particles",
                    "trace",
                    "traces",
                    "fraction",
                    "fractions",
                    "difference",
                    "differences",
                    "change",
                    "changes",
                    "crack",
                    "cracks",
                    "grain",
                    "grains",
                    "hole",
                    "holes",
                    "droplets",
                    "variation",
                    "variations",
                    "organism",
                    "organisms",
                    "dose",
                    "doses",
                    "size",
                    "print",
                    "part",
                    "scratches",
                    "insects",
                    "creatures",
                ],
                ..ANY
            },
            Choice {
                phones: "mInˈut",
                before: &["most", "so", "very", "incredibly", "extremely"],
                tags: &["JJ"],
                ..ANY
            },
        ],
    ),
    (
        "bass",
        &[
            Choice {
                phones: "bˈæs",
                after: &["fishing", "fish", "boat", "pond", "lake"],
                ..ANY
            },
            Choice {
                phones: "bˈæs",
                before: &[
                    "sea",
                    "striped",
                    "largemouth",
                    "smallmouth",
                    "grilled",
                    "chilean",
                    "pound",
                    "caught",
                ],
                ..ANY
            },
            Choice {
                phones: "bˈAs",
                near: MUSIC,
                ..ANY
            },
            Choice {
                phones: "bˈæs",
                near: FISHING,
                ..ANY
            },
            Choice {
                phones: "bˈAs",
                before: &["the", "a", "on", "more", "deep", "heavy", "much", "too"],
                ..ANY
            },
        ],
    ),
    (
        "row",
        &[
            Choice {
                phones: "ɹˈO",
                after: &["of", "the", "a", "across", "back", "to"],
                ..ANY
            },
            Choice {
                phones: "ɹˈW",
                near: &[
                    "argument",
                    "shouting",
                    "shouted",
                    "quarrel",
                    "blazing",
                    "heated",
                    "angry",
                    "furious",
                    "erupted",
                    "argued",
                    "diplomatic",
                    "neighbors",
                    "neighbours",
                    "screaming",
                    "slammed",
                    "bitter",
                ],
                tags: &["NN"],
                ..ANY
            },
            Choice {
                phones: "ɹˈW",
                tags: &["NN"],
                after: &["over", "broke", "erupted", "escalated", "between"],
                ..ANY
            },
        ],
    ),
    (
        "number",
        &[Choice {
            phones: "nˈʌməɹ",
            before: &[
                "grew", "grow", "growing", "feel", "feels", "felt", "even", "getting", "got",
                "became", "become", "much", "going", "went",
            ],
            unless_after: &["of", "one", "two"],
            ..ANY
        }],
    ),
    (
        "resume",
        &[
            Choice {
                phones: "ɹɪzˈum",
                before: MODALS,
                ..ANY
            },
            Choice {
                phones: "ɹˈɛzəmˌA",
                before: &[
                    "your",
                    "my",
                    "his",
                    "her",
                    "a",
                    "the",
                    "their",
                    "our",
                    "this",
                    "updated",
                    "attached",
                    "impressive",
                    "strong",
                    "on",
                    "and",
                    "one-page",
                    "good",
                    "new",
                ],
                ..ANY
            },
            Choice {
                phones: "ɹˈɛzəmˌA",
                near: &[
                    "cv",
                    "job",
                    "applied",
                    "application",
                    "recruiter",
                    "hiring",
                    "employer",
                    "cover",
                ],
                tags: &["NN"],
                ..ANY
            },
        ],
    ),
    (
        "resumes",
        &[Choice {
            phones: "ɹˈɛzəmˌAz",
            tags: &["NNS"],
            before: &[
                "the", "of", "their", "our", "hundred", "many", "all", "these", "and", "several",
                "your", "send", "read",
            ],
            ..ANY
        }],
    ),
    (
        "axes",
        &[
            Choice {
                phones: "ˈæksˌiz",
                near: &[
                    "x",
                    "y",
                    "z",
                    "graph",
                    "plot",
                    "coordinate",
                    "coordinates",
                    "rotation",
                    "symmetry",
                    "label",
                    "labels",
                    "chart",
                    "vertical",
                    "horizontal",
                    "major",
                    "minor",
                    "principal",
                    "ellipse",
                    "perpendicular",
                    "matrix",
                    "rotate",
                    "rotates",
                ],
                ..ANY
            },
            Choice {
                phones: "ˈæksəz",
                near: &[
                    "wall",
                    "chop",
                    "chopped",
                    "wood",
                    "weapon",
                    "weapons",
                    "sword",
                    "swords",
                    "hung",
                    "tree",
                    "trees",
                    "throwing",
                    "threw",
                    "firefighters",
                    "sharp",
                    "battle",
                    "lumberjack",
                    "lumberjacks",
                    "tools",
                    "hammers",
                    "heavy",
                    "stone",
                    "blades",
                    "saws",
                    "picks",
                    "two",
                    "their",
                    "three",
                    "carried",
                    "vikings",
                ],
                ..ANY
            },
        ],
    ),
    (
        "learned",
        &[
            Choice {
                phones: "lˈɜɹnəd",
                after: &[
                    "judge",
                    "judges",
                    "scholar",
                    "scholars",
                    "man",
                    "men",
                    "woman",
                    "professor",
                    "friend",
                    "counsel",
                    "society",
                    "societies",
                    "gentleman",
                    "doctor",
                    "colleague",
                    "opinion",
                    "treatise",
                    "journal",
                    "essay",
                ],
                ..ANY
            },
            Choice {
                phones: "lˈɜɹnəd",
                before: &["most", "very", "deeply"],
                tags: &["JJ"],
                ..ANY
            },
        ],
    ),
    (
        "job",
        &[Choice {
            phones: "ʤˈOb",
            name: true,
            near: &[
                "book",
                "bible",
                "patience",
                "testament",
                "god",
                "satan",
                "prophet",
                "psalms",
                "scripture",
                "suffered",
            ],
            ..ANY
        }],
    ),
    (
        "reading",
        &[
            Choice {
                phones: "ɹˈɛdɪŋ",
                name: true,
                near: &[
                    "berkshire",
                    "england",
                    "train",
                    "trains",
                    "festival",
                    "station",
                    "london",
                    "pennsylvania",
                    "fc",
                    "oxford",
                    "swindon",
                    "slough",
                    "gaol",
                ],
                ..ANY
            },
            Choice {
                phones: "ɹˈɛdɪŋ",
                name: true,
                before: &["to", "from", "near", "via", "through"],
                ..ANY
            },
        ],
    ),
    (
        "sake",
        &[
            Choice {
                phones: "sˈAk",
                after: &["of"],
                ..ANY
            },
            Choice {
                phones: "sˈAk",
                before: &[
                    "your",
                    "my",
                    "his",
                    "her",
                    "their",
                    "our",
                    "its",
                    "whose",
                    "god's",
                    "heaven's",
                    "pete's",
                    "goodness",
                    "christ's",
                    "times",
                    "argument's",
                    "own",
                    "child's",
                    "art's",
                ],
                ..ANY
            },
            Choice {
                phones: "sˈɑki",
                near: &[
                    "warm", "rice", "japanese", "japan", "sushi", "drink", "drank", "drinking",
                    "bottle", "bottles", "cup", "cups", "hot", "fish", "bar", "sip", "sipped",
                    "brewed", "pour", "poured", "glass", "beer", "tokyo", "cold", "wine", "ramen",
                    "served",
                ],
                ..ANY
            },
        ],
    ),
    (
        "blessed",
        &[
            Choice {
                phones: "blˈɛsəd",
                after: &[
                    "virgin",
                    "mother",
                    "sacrament",
                    "lord",
                    "trinity",
                    "mary",
                    "john",
                    "event",
                    "day",
                    "relief",
                    "thing",
                    "silence",
                    "memory",
                    "soul",
                    "souls",
                    "saint",
                    "is",
                    "be",
                ],
                ..ANY
            },
            Choice {
                phones: "blˈɛsəd",
                before: &["every", "whole"],
                ..ANY
            },
            Choice {
                phones: "blˈɛsəd",
                after: &["are"],
                ..ANY
            },
        ],
    ),
    (
        "recount",
        &[
            Choice {
                phones: "ɹˈikˌWnt",
                before: &[
                    "a",
                    "the",
                    "vote",
                    "hand",
                    "full",
                    "ballot",
                    "election",
                    "statewide",
                    "mandatory",
                    "automatic",
                ],
                ..ANY
            },
            Choice {
                phones: "ɹikˈWnt",
                after: &["the", "ballots", "votes", "all"],
                near: &["votes", "ballots", "ballot", "election"],
                tags: &["VB"],
                ..ANY
            },
            Choice {
                phones: "ɹəkˈWnt",
                tags: &["VB"],
                before: MODALS,
                ..ANY
            },
        ],
    ),
    (
        "celtic",
        &[Choice {
            phones: "sˈɛltɪk",
            near: &[
                "glasgow",
                "rangers",
                "cup",
                "football",
                "fans",
                "premiership",
                "parkhead",
                "goal",
                "goals",
                "league",
                "match",
                "striker",
                "defeated",
                "derby",
                "hibs",
                "aberdeen",
            ],
            ..ANY
        }],
    ),
    (
        "celtics",
        &[Choice {
            phones: "sˈɛltɪks",
            ..ANY
        }],
    ),
    (
        "ravel",
        &[
            Choice {
                phones: "ɹəvˈɛl",
                name: true,
                ..ANY
            },
            Choice {
                phones: "ɹəvˈɛl",
                near: &[
                    "maurice",
                    "bolero",
                    "composer",
                    "piano",
                    "debussy",
                    "orchestra",
                    "concerto",
                    "music",
                ],
                ..ANY
            },
        ],
    ),
    (
        "expose",
        &[Choice {
            phones: "ˌɛkspOzˈA",
            before: &[
                "an",
                "explosive",
                "damning",
                "shocking",
                "scathing",
                "detailed",
                "investigative",
                "newspaper",
                "magazine",
                "bombshell",
            ],
            ..ANY
        }],
    ),
    (
        "wound",
        &[
            Choice {
                phones: "wˈWnd",
                after: &[
                    "up", "down", "around", "through", "along", "its", "tightly", "round", "coil",
                    "coils", "wire", "tight", "strings", "string",
                ],
                ..ANY
            },
            Choice {
                phones: "wˈWnd",
                before: &[
                    "tightly",
                    "loosely",
                    "carefully",
                    "hand",
                    "path",
                    "road",
                    "river",
                    "trail",
                    "procession",
                    "stairs",
                ],
                ..ANY
            },
            Choice {
                phones: "wˈund",
                near: WOUNDS,
                ..ANY
            },
            Choice {
                phones: "wˈWnd",
                near: WINDING,
                ..ANY
            },
        ],
    ),
    (
        "wind",
        &[
            Choice {
                phones: "wˈInd",
                after: &["up", "down", "its", "around", "your", "them"],
                tags: &["VB"],
                ..ANY
            },
            Choice {
                phones: "wˈInd",
                before: &["to", "will", "can", "must", "should", "please", "and"],
                near: WINDING,
                all: true,
                ..ANY
            },
            Choice {
                phones: "wˈɪnd",
                before: &[
                    "the", "strong", "cold", "a", "no", "little", "north", "south", "east", "west",
                    "solar", "high", "of",
                ],
                ..ANY
            },
        ],
    ),
    (
        "aged",
        &[
            Choice {
                phones: "ˈAʤəd",
                after: &[
                    "man",
                    "woman",
                    "men",
                    "women",
                    "mother",
                    "father",
                    "parent",
                    "parents",
                    "couple",
                    "relative",
                    "relatives",
                    "lady",
                    "gentleman",
                    "grandmother",
                    "grandfather",
                    "person",
                    "people",
                    "king",
                    "queen",
                    "monk",
                    "priest",
                    "aunt",
                    "uncle",
                    "dog",
                    "care",
                    "pensioner",
                    "widow",
                    "servant",
                ],
                ..ANY
            },
            Choice {
                phones: "ˈAʤəd",
                before: &["the"],
                after: &["and", "are", "need", "were", "who", "in", ""],
                all: true,
                ..ANY
            },
        ],
    ),
    (
        "does",
        &[
            Choice {
                phones: "dˈOz",
                near: &[
                    "bucks", "buck", "deer", "fawns", "fawn", "stags", "stag", "antlers", "venison",
                ],
                ..ANY
            },
            Choice {
                phones: "dˈOz",
                tags: &["NNS"],
                near: &[
                    "herd", "field", "hunters", "woods", "meadow", "grazing", "grazed", "forest",
                ],
                ..ANY
            },
        ],
    ),
    (
        "refuse",
        &[
            Choice {
                phones: "ɹˈɛfjˌus",
                after: &[
                    "collection",
                    "collector",
                    "collectors",
                    "bin",
                    "bins",
                    "heap",
                    "dump",
                    "bags",
                    "bag",
                    "disposal",
                    "truck",
                    "trucks",
                    "lorry",
                    "sacks",
                ],
                ..ANY
            },
            Choice {
                phones: "ɹəfjˈuz",
                before: &[
                    "i", "we", "they", "you", "who", "people", "to", "will", "would", "can",
                    "could", "may", "might", "and", "or", "not", "don't",
                ],
                ..ANY
            },
            Choice {
                phones: "ɹˈɛfjˌus",
                near: &[
                    "garbage",
                    "collect",
                    "collected",
                    "bins",
                    "rubbish",
                    "trash",
                    "waste",
                    "household",
                    "heap",
                    "pile",
                    "piles",
                    "landfill",
                    "smelled",
                    "burned",
                    "street",
                    "streets",
                    "dumped",
                    "kitchen",
                ],
                ..ANY
            },
            Choice {
                phones: "ɹˈɛfjˌus",
                before: &["the", "of", "household", "garden", "human", "this"],
                tags: &["NN"],
                ..ANY
            },
        ],
    ),
    (
        "live",
        &[
            Choice {
                phones: "lˈIv",
                after: &[
                    "music",
                    "show",
                    "shows",
                    "concert",
                    "concerts",
                    "performance",
                    "performances",
                    "broadcast",
                    "broadcasts",
                    "tv",
                    "television",
                    "wire",
                    "wires",
                    "ammunition",
                    "ammo",
                    "stream",
                    "streams",
                    "audience",
                    "audiences",
                    "coverage",
                    "event",
                    "events",
                    "updates",
                    "album",
                    "albums",
                    "video",
                    "chat",
                    "band",
                    "bands",
                    "recording",
                    "recordings",
                    "bait",
                    "animals",
                    "animal",
                    "feed",
                    "rounds",
                    "data",
                    "births",
                    "birth",
                    "session",
                    "sessions",
                    "sports",
                    "studio",
                    "demo",
                    "action",
                    "oak",
                    "from",
                    "report",
                    "interview",
                    "streaming",
                    "footage",
                    "grenade",
                    "fire",
                    "version",
                    "cattle",
                    "theater",
                    "theatre",
                    "sound",
                    "radio",
                ],
                ..ANY
            },
            Choice {
                phones: "lˈIv",
                before: &[
                    "go",
                    "going",
                    "went",
                    "goes",
                    "gone",
                    "broadcast",
                    "broadcasting",
                    "streamed",
                    "streaming",
                    "perform",
                    "performing",
                    "performed",
                    "recorded",
                    "airs",
                    "aired",
                    "airing",
                    "shown",
                    "appear",
                    "it's",
                    "we're",
                ],
                ..ANY
            },
            Choice {
                phones: "lˈɪv",
                before: &[
                    "i", "you", "we", "they", "to", "who", "people", "where", "can", "could",
                    "will", "would", "not", "never", "still", "don't", "must", "should", "may",
                    "long", "who'd", "both", "all", "children", "also", "i'd", "they'd",
                ],
                ..ANY
            },
        ],
    ),
    (
        "lives",
        &[
            Choice {
                phones: "lˈIvz",
                before: &[
                    "their", "our", "your", "my", "his", "her", "these", "those", "of", "many",
                    "saved", "save", "nine", "double", "private", "daily", "human", "lost", "two",
                    "three", "seven", "thousand", "million", "the", "whose", "people's", "women's",
                    "black", "saves", "saving", "change", "changed", "past", "own", "everyday",
                    "innocent", "took", "risk", "risked", "cost",
                ],
                ..ANY
            },
            Choice {
                phones: "lˈɪvz",
                before: &[
                    "he", "she", "it", "who", "that", "family", "brother", "sister", "mother",
                    "father", "still", "now", "also", "one", "nobody", "everyone", "and", "which",
                    "alone",
                ],
                ..ANY
            },
        ],
    ),
    (
        "close",
        &[
            Choice {
                phones: "klˈOs",
                after: &[
                    "to",
                    "friend",
                    "friends",
                    "call",
                    "relationship",
                    "relationships",
                    "ties",
                    "together",
                    "enough",
                    "second",
                    "attention",
                    "look",
                    "range",
                    "proximity",
                    "race",
                    "game",
                    "match",
                    "family",
                    "relative",
                    "relatives",
                    "quarters",
                    "contact",
                    "combat",
                    "shave",
                    "encounter",
                    "encounters",
                    "behind",
                    "collaboration",
                    "inspection",
                    "finish",
                    "allies",
                    "ally",
                    "knit",
                    "connection",
                    "watch",
                    "election",
                    "by",
                    "contest",
                    "reading",
                    "eye",
                    "colleague",
                    "colleagues",
                ],
                ..ANY
            },
            Choice {
                phones: "klˈOs",
                before: &[
                    "too",
                    "so",
                    "very",
                    "that",
                    "how",
                    "is",
                    "are",
                    "was",
                    "were",
                    "be",
                    "get",
                    "gets",
                    "getting",
                    "got",
                    "stay",
                    "stayed",
                    "came",
                    "come",
                    "comes",
                    "coming",
                    "pretty",
                    "as",
                    "really",
                    "stand",
                    "stood",
                    "keep",
                    "keeps",
                    "kept",
                    "hold",
                    "held",
                    "draw",
                    "drew",
                    "quite",
                    "extremely",
                    "fairly",
                    "remain",
                    "remained",
                    "dangerously",
                    "this",
                    "i'm",
                    "we're",
                    "you're",
                    "they're",
                    "it's",
                    "live",
                    "lives",
                    "been",
                    "sit",
                    "sat",
                    "move",
                    "moved",
                ],
                unless_after: &["the", "your", "my", "his", "down", "it", "its", "out"],
                ..ANY
            },
            Choice {
                phones: "klˈOz",
                before: MODALS,
                ..ANY
            },
            Choice {
                phones: "klˈOz",
                after: &[
                    "the", "your", "my", "his", "her", "it", "its", "down", "their", "our", "all",
                ],
                ..ANY
            },
            Choice {
                phones: "klˈOz",
                after: &["of"],
                ..ANY
            },
        ],
    ),
    (
        "use",
        &[
            Choice {
                phones: "jˈus",
                before: &[
                    "the",
                    "of",
                    "no",
                    "any",
                    "its",
                    "in",
                    "full",
                    "good",
                    "our",
                    "their",
                    "my",
                    "your",
                    "his",
                    "widespread",
                    "daily",
                    "drug",
                    "land",
                    "energy",
                    "water",
                    "personal",
                    "this",
                    "heavy",
                    "proper",
                    "fair",
                    "single",
                    "public",
                    "what's",
                    "multiple",
                    "internal",
                    "free",
                    "common",
                    "alcohol",
                    "first",
                    "phone",
                    "little",
                    "internet",
                    "more",
                    "better",
                    "wise",
                    "careful",
                ],
                unless_after: &["it", "them", "this", "the", "a", "your", "my", "his", "her"],
                ..ANY
            },
            Choice {
                phones: "jˈuz",
                before: MODALS,
                ..ANY
            },
            Choice {
                phones: "jˈuz",
                before: &[
                    "i", "you", "we", "they", "who", "people", "not", "never", "often", "always",
                    "also", "and", "or", "just", "now", "still", "even", "students", "users",
                    "many", "most",
                ],
                ..ANY
            },
        ],
    ),
    (
        "sow",
        &[
            Choice {
                phones: "sˈW",
                near: &[
                    "pig", "pigs", "piglet", "piglets", "boar", "litter", "pork", "sty", "farrow",
                    "hog", "hogs",
                ],
                ..ANY
            },
            Choice {
                phones: "sˈO",
                near: &[
                    "seed", "seeds", "reap", "field", "crop", "crops", "doubt", "discord",
                    "spring", "wheat", "garden",
                ],
                ..ANY
            },
        ],
    ),
    (
        "dove",
        &[
            Choice {
                phones: "dˈOv",
                after: &[
                    "into",
                    "in",
                    "under",
                    "off",
                    "for",
                    "down",
                    "through",
                    "headfirst",
                    "deep",
                    "from",
                    "underwater",
                    "right",
                    "behind",
                    "beneath",
                    "overboard",
                    "straight",
                ],
                ..ANY
            },
            Choice {
                phones: "dˈOv",
                before: &["he", "she", "they", "we", "i", "who", "and"],
                ..ANY
            },
        ],
    ),
    (
        "polish",
        &[
            Choice {
                phones: "pˈɑlɪʃ",
                before: &[
                    "nail",
                    "shoe",
                    "furniture",
                    "floor",
                    "metal",
                    "silver",
                    "car",
                    "boot",
                ],
                ..ANY
            },
            Choice {
                phones: "pˈOlɪʃ",
                name: true,
                ..ANY
            },
            Choice {
                phones: "pˈɑlɪʃ",
                after: &[
                    "the", "your", "it", "them", "off", "up", "this", "my", "his", "her", "all",
                    "those", "these", "remover",
                ],
                ..ANY
            },
        ],
    ),
    (
        "desert",
        &[
            Choice {
                phones: "dəzˈɜɹt",
                before: MODALS,
                ..ANY
            },
            Choice {
                phones: "dˈɛzəɹt",
                before: &[
                    "the", "a", "sahara", "gobi", "mojave", "hot", "vast", "dry", "in", "of",
                    "arabian", "sonoran",
                ],
                ..ANY
            },
        ],
    ),
    (
        "deserts",
        &[Choice {
            phones: "dəzˈɜɹts",
            before: &["just"],
            ..ANY
        }],
    ),
    (
        "content",
        &[
            Choice {
                phones: "kəntˈɛnt",
                before: &[
                    "am",
                    "is",
                    "are",
                    "was",
                    "were",
                    "be",
                    "feel",
                    "felt",
                    "feels",
                    "seems",
                    "seemed",
                    "perfectly",
                    "quite",
                    "very",
                    "being",
                    "i'm",
                    "he's",
                    "she's",
                    "they're",
                    "we're",
                    "so",
                    "more",
                    "not",
                    "happy",
                ],
                unless_after: &["creator", "creators", "team", "of"],
                ..ANY
            },
            Choice {
                phones: "kˈɑntɛnt",
                before: &[
                    "the", "your", "web", "video", "fat", "alcohol", "this", "our", "new", "of",
                    "digital", "original", "online", "media", "sugar", "water", "for", "all",
                    "more", "good", "explicit", "free", "website", "site's", "its", "their", "my",
                    "some", "user",
                ],
                ..ANY
            },
            Choice {
                phones: "kˈɑntɛnt",
                after: &[
                    "creator",
                    "creators",
                    "team",
                    "marketing",
                    "warning",
                    "strategy",
                    "of",
                    "on",
                    "management",
                    "moderation",
                    "provider",
                ],
                ..ANY
            },
        ],
    ),
    (
        "produce",
        &[
            Choice {
                phones: "pɹˈOdˌus",
                after: &[
                    "section",
                    "aisle",
                    "stand",
                    "department",
                    "market",
                    "manager",
                    "isle",
                ],
                ..ANY
            },
            Choice {
                phones: "pɹˈOdˌus",
                before: &[
                    "fresh", "organic", "local", "farm", "the", "seasonal", "of", "their", "our",
                    "frozen", "green", "and",
                ],
                tags: &["NN"],
                ..ANY
            },
        ],
    ),
    (
        "invalid",
        &[Choice {
            phones: "ˈɪnvəlɪd",
            tags: &["NN"],
            near: &[
                "chair",
                "bed",
                "sick",
                "care",
                "nurse",
                "war",
                "wheelchair",
                "mother",
                "father",
                "son",
                "daughter",
                "years",
                "treated",
                "became",
            ],
            ..ANY
        }],
    ),
    (
        "object",
        &[
            Choice {
                phones: "əbʤˈɛkt",
                before: MODALS,
                ..ANY
            },
            Choice {
                phones: "əbʤˈɛkt",
                before: &[
                    "i",
                    "we",
                    "they",
                    "you",
                    "and",
                    "who",
                    "strongly",
                    "not",
                    "residents",
                    "critics",
                    "parents",
                ],
                after: &["to"],
                all: true,
                ..ANY
            },
        ],
    ),
    (
        "house",
        &[Choice {
            phones: "hˈWz",
            before: MODALS,
            unless_after: &[
                "of", "parties", "prices", "music", "and", "in", "is", "was", "number", "numbers",
            ],
            tags: &["VB"],
            ..ANY
        }],
    ),
    (
        "excuse",
        &[
            Choice {
                phones: "ɪkskjˈuz",
                after: &["me", "us", "my", "the", "him", "her", "them"],
                before: &["please"],
                ..ANY
            },
            Choice {
                phones: "ɪkskjˈus",
                before: &[
                    "an", "no", "any", "the", "that", "poor", "good", "lame", "bad", "his", "her",
                    "your", "my", "another", "this", "every", "perfect",
                ],
                ..ANY
            },
        ],
    ),
    (
        "moped",
        &[
            Choice {
                phones: "mˈOpˌɛd",
                before: &[
                    "a", "the", "his", "her", "my", "your", "electric", "old", "red",
                ],
                ..ANY
            },
            Choice {
                phones: "mˈOpt",
                before: &["he", "she", "they", "i", "we", "and", "just"],
                ..ANY
            },
        ],
    ),
    (
        "nice",
        &[
            Choice {
                phones: "nˈis",
                name: true,
                near: &[
                    "france",
                    "riviera",
                    "cannes",
                    "monaco",
                    "paris",
                    "marseille",
                    "french",
                    "airport",
                ],
                ..ANY
            },
            Choice {
                phones: "nˈis",
                name: true,
                before: &["in", "to", "from", "near", "of"],
                ..ANY
            },
        ],
    ),
    (
        "putting",
        &[
            Choice {
                phones: "pˈʌTɪŋ",
                near: &["golf", "golfer", "putter", "birdie", "par"],
                ..ANY
            },
            Choice {
                phones: "pˈʌTɪŋ",
                after: &["green", "greens"],
                ..ANY
            },
        ],
    ),
    (
        "sewer",
        &[Choice {
            phones: "sˈOəɹ",
            near: &["needle", "stitch", "thread", "quilt", "sews", "dresses"],
            ..ANY
        }],
    ),
    (
        "supply",
        &[Choice {
            phones: "sˈʌpli",
            before: &["moved", "bend"],
            tags: &["RB"],
            ..ANY
        }],
    ),
    (
        "evening",
        &[Choice {
            phones: "ˈivənɪŋ",
            after: &["out"],
            tags: &["VBG"],
            ..ANY
        }],
    ),
    (
        "attribute",
        &[
            Choice {
                phones: "ətɹˈɪbjˌut",
                before: MODALS,
                ..ANY
            },
            Choice {
                phones: "ətɹˈɪbjˌut",
                before: &["i", "we", "they", "scientists", "experts", "many"],
                ..ANY
            },
        ],
    ),
    (
        "incense",
        &[Choice {
            phones: "ɪnsˈɛns",
            before: MODALS,
            ..ANY
        }],
    ),
    (
        "entrance",
        &[Choice {
            phones: "ɪntɹˈæns",
            before: MODALS,
            ..ANY
        }],
    ),
    (
        "console",
        &[Choice {
            phones: "kənsˈOl",
            before: MODALS,
            ..ANY
        }],
    ),
    (
        "buffet",
        &[Choice {
            phones: "bˈʌfət",
            before: MODALS,
            near: &["winds", "waves", "storm"],
            tags: &["VB"],
            ..ANY
        }],
    ),
    (
        "mobile",
        &[Choice {
            phones: "mObˈil",
            name: true,
            near: &["alabama"],
            ..ANY
        }],
    ),
    (
        "august",
        &[Choice {
            phones: "ˈɔɡəst",
            before: &[
                "in", "last", "next", "this", "early", "late", "since", "until", "through", "by",
                "every", "of",
            ],
            after: &[
                "twenty", "nineteen", "first", "second", "third", "fourth", "fifth", "sixth",
                "tenth", "the",
            ],
            ..ANY
        }],
    ),
    ("read", &[]),
];

static BY_WORD: LazyLock<HashMap<&str, &[Choice]>> =
    LazyLock::new(|| TABLE.iter().copied().collect());

/// The phones of the word at `index`, if its surroundings say so.
pub(super) fn phones(tokens: &[Token], index: usize) -> Option<&'static str> {
    let written = tokens[index].text;
    let word = written.to_lowercase();
    if word == "read" {
        return read(tokens, index);
    }
    let choices = BY_WORD.get(word.as_str())?;
    let before = neighbour(tokens, index, -1);
    let after = neighbour(tokens, index, 1);
    let is_name = written.starts_with(char::is_uppercase) && index > 0;
    choices
        .iter()
        .find(|choice| {
            let near = |words: &[&str]| {
                tokens.iter().enumerate().any(|(other, token)| {
                    other != index && words.contains(&token.text.to_lowercase().as_str())
                })
            };
            let lists = [
                (
                    choice.before.is_empty(),
                    choice.before.contains(&before.as_str()),
                ),
                (
                    choice.after.is_empty(),
                    choice.after.contains(&after.as_str()),
                ),
                (choice.near.is_empty(), near(choice.near)),
            ];
            let mut named = lists.iter().filter(|(is_empty, _)| !is_empty);
            let fits = if choice.all {
                named.all(|(_, fits)| *fits)
            } else {
                lists.iter().all(|(is_empty, _)| *is_empty) || named.any(|(_, fits)| *fits)
            };
            fits && (choice.tags.is_empty()
                || choice
                    .tags
                    .iter()
                    .any(|tag| tokens[index].tag.starts_with(tag)))
                && !choice.unless_after.contains(&after.as_str())
                && (!choice.name || is_name)
        })
        .map(|choice| choice.phones)
}

/// The part of speech that the words around it ask for, where it contradicts the tag of a word that is noun and verb.
pub(super) fn part_of_speech(tokens: &[Token], index: usize) -> Option<&'static str> {
    const SURE_VERB: &[&str] = &[
        "will",
        "would",
        "can",
        "could",
        "should",
        "must",
        "might",
        "shall",
        "cannot",
        "don't",
        "doesn't",
        "didn't",
        "won't",
        "can't",
        "couldn't",
        "wouldn't",
        "shouldn't",
        "please",
        "let's",
        "i'll",
        "you'll",
        "we'll",
        "they'll",
        "he'll",
        "she'll",
    ];
    const PRONOUNS: &[&str] = &["i", "we", "they", "you", "who"];
    const OBJECTS: &[&str] = &[
        "the", "a", "an", "my", "your", "his", "her", "it", "them", "him", "us", "me", "this",
        "that", "these", "every", "all", "their", "our", "to",
    ];
    const DETERMINERS: &[&str] = &[
        "a", "an", "the", "this", "my", "your", "his", "its", "our", "their", "no", "every",
        "each", "another",
    ];
    let tag = tokens[index].tag;
    let before = neighbour(tokens, index, -1);
    let after = neighbour(tokens, index, 1);
    let before = before.as_str();
    let verb = SURE_VERB.contains(&before)
        || before == "to" && OBJECTS.contains(&after.as_str())
        || PRONOUNS.contains(&before) && OBJECTS.contains(&after.as_str());
    if verb && !tag.starts_with("VB") {
        return Some("VERB");
    }
    let noun = DETERMINERS.contains(&before)
        && tag.starts_with("VB")
        && !tag.starts_with("VBN")
        && !tag.starts_with("VBG");
    noun.then_some("NOUN")
}

fn neighbour(tokens: &[Token], index: usize, step: isize) -> String {
    index
        .checked_add_signed(step)
        .and_then(|other| tokens.get(other))
        .map(|token| token.text.to_lowercase())
        .unwrap_or_default()
}

/// "read" is past behind a form of "have" or "be", and where a word says when.
fn read(tokens: &[Token], index: usize) -> Option<&'static str> {
    const PAST: &str = "ɹˈɛd";
    const PRESENT: &str = "ɹˈid";
    const HAVE: &[&str] = &[
        "have", "has", "had", "having", "i've", "you've", "we've", "they've", "haven't", "hasn't",
        "hadn't", "i'd", "he'd", "she'd", "was", "were", "been", "being", "is", "are", "be", "get",
        "got", "it's", "wasn't", "weren't", "isn't", "aren't",
    ];
    const LONG_AGO: &[&str] = &[
        "yesterday",
        "last",
        "ago",
        "once",
        "already",
        "when",
        "then",
        "earlier",
    ];
    const EVER: &[&str] = &[
        "every",
        "always",
        "usually",
        "often",
        "sometimes",
        "daily",
        "now",
        "tonight",
        "tomorrow",
    ];
    let before = neighbour(tokens, index, -1);
    if MODALS.contains(&before.as_str()) {
        return Some(PRESENT);
    }
    let start = index.saturating_sub(4);
    let helped = tokens[start..index]
        .iter()
        .rev()
        .take_while(|token| !matches!(token.text, "," | ";" | ":" | "." | "and" | "but" | "to"))
        .any(|token| HAVE.contains(&token.text.to_lowercase().as_str()));
    if helped {
        let modal = tokens[start..index].iter().any(|token| {
            matches!(
                token.text.to_lowercase().as_str(),
                "to" | "will" | "can" | "should" | "could" | "would" | "might"
            )
        });
        let have = tokens[start..index].iter().any(|token| {
            matches!(
                token.text.to_lowercase().as_str(),
                "have" | "be" | "been" | "has" | "had"
            )
        });
        return (!modal || have).then_some(PAST);
    }
    if matches!(before.as_str(), "he" | "she" | "it") {
        return Some(PAST);
    }
    let near = |words: &[&str]| {
        tokens
            .iter()
            .any(|token| words.contains(&token.text.to_lowercase().as_str()))
    };
    if matches!(before.as_str(), "i" | "we" | "they" | "you") {
        if near(EVER) {
            return Some(PRESENT);
        }
        if near(LONG_AGO) {
            return Some(PAST);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::phones::is_phone;

    #[test]
    fn every_choice_is_in_the_alphabet_and_can_be_taken() {
        assert_eq!(BY_WORD.len(), TABLE.len(), "each word once");
        for (word, choices) in TABLE {
            for choice in *choices {
                assert!(
                    choice
                        .phones
                        .chars()
                        .all(|c| is_phone(c) || "ˈˌ".contains(c)),
                    "{word}"
                );
                assert!(!choice.phones.is_empty(), "{word}");
            }
        }
    }
}
