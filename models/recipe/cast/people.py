"""The people of the cast."""
from dataclasses import dataclass, field


@dataclass
class Person:
    """One head: shape, skin, eyes, hair, clothes and light. Colours are linear RGB."""

    name: str
    age: float
    maleness: float
    origins: dict
    skin: tuple
    lips: tuple
    iris: tuple
    hair_melanin: float
    hair_style: str
    shirt: tuple
    background: tuple
    weight: float = 0.0
    shape: dict = field(default_factory=dict)
    expression: dict = field(default_factory=dict)
    hair_redness: float = 0.3
    hair_grey: float = 0.0
    beard: float = 0.0  # length of the beard, cm
    freckles: float = 0.0
    wrinkles: float = 0.0
    brow_width: float = 1.0
    lip_tint: float = 0.6
    turn_deg: float = 0.0
    key_light: float = 1.0
    lit_from_left: bool = True
    receding: float = 0.0
    iris_rad: float = 0.47
    strands: int = 40000
    strand_cm: float = 0.006
    hair_settings: dict = field(default_factory=dict)
    brow_height_cm: float = 1.95
    neck_front_cm: float = -17.5
    look_cm: float = -1.5  # height the camera looks at
    view_cm: float = 33.0  # side of the image at the face's depth
    exposure: float = 0.0
    illustrated: bool = False


CALM = {"mouthSmileLeft": 0.14, "mouthSmileRight": 0.14}
KIND = {"mouthSmileLeft": 0.22, "mouthSmileRight": 0.22, "cheekSquintLeft": 0.2, "cheekSquintRight": 0.2}

PEOPLE = [
    Person("amara", 27, 0.0, {"african": 0.9, "caucasian": 0.1}, skin=(0.27, 0.125, 0.07), lips=(0.30, 0.085, 0.07),
           iris=(0.06, 0.026, 0.011), hair_melanin=0.96, hair_style="pulled_back", shirt=(0.62, 0.28, 0.05), background=(0.07, 0.19, 0.18),
           expression=CALM, shape={"eyes/eye-scale-incr": 0.25, "mouth/mouth-lowerlip-volume-incr": 0.3, "head/head-oval": 0.5},
           exposure=0.55, strands=70000, strand_cm=0.005, turn_deg=-4),
    Person("kenji", 40, 1.0, {"asian": 1.0}, skin=(0.62, 0.37, 0.23), lips=(0.50, 0.18, 0.14), iris=(0.05, 0.024, 0.012),
           hair_melanin=0.93, hair_style="short", shirt=(0.04, 0.10, 0.26), background=(0.42, 0.29, 0.13), weight=0.1,
           expression=KIND, shape={"eyes/eye-scale-incr": 0.4, "nose/nose-scale-vert-decr": 0.2, "cheek/cheek-bones-incr": 0.3}, wrinkles=0.2,
           hair_settings={"top_cm": 3.4, "side_cm": 1.2}, exposure=0.3, turn_deg=5, lit_from_left=False, strands=42000, illustrated=True),
    Person("vikram", 71, 1.0, {"caucasian": 0.6, "asian": 0.2, "african": 0.2}, skin=(0.36, 0.19, 0.105), lips=(0.30, 0.12, 0.09),
           iris=(0.055, 0.03, 0.016), hair_melanin=0.75, hair_style="short", shirt=(0.50, 0.46, 0.40), background=(0.10, 0.075, 0.06),
           hair_grey=0.85, beard=0.9, wrinkles=0.9, expression=KIND, shape={"nose/nose-hump-incr": 0.3, "nose/nose-scale-vert-incr": 0.2},
           brow_width=1.3, lip_tint=0.45, receding=1.2, strands=32000, exposure=0.4, turn_deg=-3),
    Person("nora", 22, 0.0, {"caucasian": 1.0}, skin=(0.74, 0.46, 0.34), lips=(0.60, 0.22, 0.19), iris=(0.10, 0.16, 0.11),
           hair_melanin=0.42, hair_redness=0.85, hair_style="falling", shirt=(0.05, 0.12, 0.10), background=(0.34, 0.30, 0.27), freckles=0.6,
           expression=CALM, shape={"eyes/eye-scale-incr": 0.3, "head/head-oval": 0.4, "nose/nose-scale-horiz-decr": 0.3, "nose/nose-point-up": 0.2,
                                   "mouth/mouth-lowerlip-volume-incr": 0.2}, exposure=-0.1, strands=45000, strand_cm=0.0055, turn_deg=3),
    Person("mateo", 33, 1.0, {"caucasian": 0.55, "african": 0.35, "asian": 0.1}, skin=(0.46, 0.25, 0.15), lips=(0.40, 0.14, 0.11),
           iris=(0.09, 0.05, 0.02), hair_melanin=0.88, hair_style="curls", shirt=(0.45, 0.10, 0.06), background=(0.13, 0.17, 0.24), beard=0.35,
           expression=CALM, shape={"eyes/eye-scale-incr": 0.2, "head/head-square": 0.2}, exposure=0.2, lit_from_left=False, strands=34000, turn_deg=6),
]
