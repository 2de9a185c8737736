"""The look keeps its promises: direction-neutral, legible in light and dark, from this host alone, all translated."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from math import cos, radians, sin
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from shared.testing import ROOT

STATIC = ROOT / "shared/web/static"
STYLESHEET = (STATIC / "reihe.css").read_text()
TEMPLATES = sorted(
    path for folder in (ROOT / "shared", ROOT / "services") for path in folder.rglob("templates/**/*.html")
)
PAGES = [path for path in TEMPLATES if path.parent.name != "letters"]
"""Mails need inline styles, for many mail programs know nothing else."""

Colours = dict[str, str]


# --- the stylesheet -----------------------------------------------------------


def declarations(css: str) -> Iterator[tuple[str, str]]:
    bare = re.sub(r"/\*.*?\*/|@media[^{]*|@supports[^{]*", "", css, flags=re.DOTALL)
    for name, value in re.findall(r"(?<=[{;\s])([a-z-]+)\s*:\s*([^;{}]+)[;}]", bare):
        yield name, value.strip()


PHYSICAL = re.compile(
    r"(?:left|right|top|bottom|(?:min-|max-)?(?:width|height)"
    r"|(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)(?:-.*)?"
    r"|border-(?:top|bottom)-(?:left|right)-radius|overflow-[xy]-.*)"
)


def sided(css: str) -> list[str]:
    """What would not turn around in a script that is read from right to left."""
    return [
        f"{name}: {value}"
        for name, value in declarations(css)
        if PHYSICAL.fullmatch(name) or (name in ("text-align", "float", "clear") and value in ("left", "right"))
    ]


def test_the_stylesheet_knows_neither_left_nor_right() -> None:
    assert sided(STYLESHEET) == []


@pytest.mark.parametrize("mistake", ["margin-left: 0", "inset: 0; left: 0", "padding-top: 1px", "text-align: right"])
def test_a_physical_property_would_be_found(mistake: str) -> None:
    assert sided(f"p {{ {mistake}; }}") != []


def test_every_rule_is_in_a_layer() -> None:
    order = re.search(r"@layer ([^{;]+);", STYLESHEET)
    assert order is not None
    declared = [name.strip() for name in order[1].split(",")]
    outside = re.sub(r"/\*.*?\*/", "", STYLESHEET, flags=re.DOTALL).replace(order[0], "")
    opened = []
    while match := re.match(r"\s*@layer ([a-z]+) \{", outside):
        opened.append(match[1])
        outside = outside[end_of_block(outside, match.end()) :]
    assert outside.strip() == ""
    assert sorted(opened, key=declared.index) == sorted(declared, key=declared.index)


def end_of_block(css: str, position: int) -> int:
    depth = 1
    while depth:
        depth += {"{": 1, "}": -1}.get(css[position], 0)
        position += 1
    return position


def test_every_token_that_is_used_is_defined() -> None:
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", STYLESHEET))
    used = set(re.findall(r"var\((--[a-z0-9-]+)", STYLESHEET))
    assert used == defined


COMMENT = re.compile(r"^\s*//[^\n]*|/\*.*?\*/", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", sorted(STATIC.iterdir()), ids=lambda path: path.name)
def test_no_static_file_asks_another_host_for_anything(path: Path) -> None:
    content = COMMENT.sub("", path.read_text()).replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"https?://|url\(\s*['\"]?//|@import", content) == []


# --- colours ------------------------------------------------------------------

ON_PAGE = ("paper", "surface", "sunken")
TEXT_PAIRS = [
    *(
        (text, ground)
        for text in ("ink", "ink-soft", "highlight", "success", "warning", "danger")
        for ground in ON_PAGE
    ),
    *((kind, f"{kind}-soft") for kind in ("success", "warning", "danger")),
    *(("ink", f"{kind}-soft") for kind in ("success", "warning", "danger")),
    ("on-highlight", "highlight"),
    ("on-danger", "danger"),
]


def scheme(name: str) -> Colours:
    """The colour tokens of ``light`` or ``dark`` as hex, ``var()`` resolved."""
    start = STYLESHEET.index("@layer tokens")
    tokens = STYLESHEET[start : end_of_block(STYLESHEET, STYLESHEET.index("{", start) + 1)]
    light, dark = tokens.split("@media screen and (prefers-color-scheme: dark)")
    pattern = r"--([a-z-]+): (#[0-9a-f]{6}|var\(--[a-z-]+\));"
    found: Colours = dict(re.findall(pattern, light))
    if name == "dark":
        found |= dict(re.findall(pattern, dark))
    return {token: found[value[6:-1]] if value.startswith("var") else value for token, value in found.items()}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    darker, lighter = sorted((one, other))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(name: str, text: str, ground: str) -> None:
    colours = scheme(name)
    assert contrast(luminance(colours[text]), luminance(colours[ground])) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("ground", ON_PAGE)
def test_the_edge_of_a_field_can_be_seen(name: str, ground: str) -> None:
    colours = scheme(name)
    assert contrast(luminance(colours["line-strong"]), luminance(colours[ground])) >= 3


@pytest.mark.parametrize("chroma", [0.0, 0.1, 0.2, 0.3])
@pytest.mark.parametrize("hue", range(0, 360, 15))
def test_any_accent_can_be_read_when_the_dark_scheme_has_made_it_light(chroma: float, hue: int) -> None:
    shade = re.search(r"--highlight: oklch\(from var\(--accent\) (0\.\d+) min\(c, (0\.\d+)\) h\)", STYLESHEET)
    assert shade is not None
    colours = scheme("dark")
    shown = oklch_luminance(float(shade[1]), min(chroma, float(shade[2])), hue)
    assert min(contrast(shown, luminance(colours[ground])) for ground in ON_PAGE) >= 4.5
    assert contrast(shown, luminance(colours["on-highlight"])) >= 4.5


def oklch_luminance(lightness: float, chroma: float, hue: float) -> float:
    """Luminance after clipping to sRGB, which is what screens do at worst."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (min(max(channel, 0), 1) for channel in linear)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# --- the templates --------------------------------------------------------------

JINJA = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)  # only parses
SPOKEN_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "data-announce", "data-copied", "label")
TECHNICAL = re.compile(r"[a-z-]+:[^ ]|[A-Z][A-Za-z]+/[A-Z]")
"""A style of a mail, the name of a time zone."""
UNSPOKEN_BLOCKS = ("robots", "body_class")
ATTRIBUTE = re.compile(r"\s*[a-z-]+=\"")
"""What a macro adds to a tag reads like text when the macro is looked at alone."""
EXPRESSION = "\x00"
WORD = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"[A-ZÄÖÜ][a-zäöüß]{2,}|[a-zäöüß]{2,} [a-zäöüß]{2,}.*[.!?…:]")


class Reader(HTMLParser):
    """Collects what a person reads or hears, and what the Content-Security-Policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.forbidden: list[str] = []
        self.silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.silent = tag in ("script", "style", "code")
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.forbidden.append(f"<{tag}>")
        self.forbidden += [f"{tag} {name}" for name in attributes if name == "style" or name.startswith("on")]
        self.forbidden += [f"{tag} {value}" for value in attributes.values() if (value or "").startswith("javascript:")]
        self.said += [attributes[name] or "" for name in SPOKEN_ATTRIBUTES if name in attributes]

    def handle_endtag(self, tag: str) -> None:
        self.silent = False

    def handle_data(self, data: str) -> None:
        if not self.silent and not ATTRIBUTE.match(data):
            self.said.append(data)


def read(source: str) -> Reader:
    """The literal parts of a template in their order, each expression a placeholder."""
    reader = Reader()
    for output in outputs(JINJA.parse(source)):
        for node in output.nodes:
            reader.feed(node.data if isinstance(node, nodes.TemplateData) else EXPRESSION)
    reader.close()
    return reader


def outputs(node: nodes.Node) -> Iterator[nodes.Output]:
    if isinstance(node, nodes.Block) and node.name in UNSPOKEN_BLOCKS:
        return
    if isinstance(node, nodes.Output):
        yield node
    for child in node.iter_child_nodes():
        yield from outputs(child)


def bare_words(source: str) -> list[str]:
    """Words that a reader would meet untranslated: in the markup, or as plain strings of an expression."""
    found = [text.strip() for text in read(source).said if WORD.search(text)]
    strings = untranslated_strings(JINJA.parse(source))
    return found + [text for text in strings if SENTENCE.search(text) and not TECHNICAL.match(text)]


def untranslated_strings(node: nodes.Node) -> Iterator[str]:
    if (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name in ("_", "gettext", "ngettext")
    ):
        return
    if isinstance(node, nodes.Filter) and node.name == "date_part":  # its string is a pattern
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    for child in node.iter_child_nodes():
        yield from untranslated_strings(child)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_a_page_needs_no_inline_style_or_script(path: Path) -> None:
    assert read(path.read_text()).forbidden == []


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_a_template_says_nothing_that_is_not_translated(path: Path) -> None:
    assert bare_words(path.read_text()) == []


class Anything(dict[str, int]):
    def __missing__(self, key: str) -> int:
        return 0


def unformattable(source: str) -> Iterator[str]:
    """Sentences that break when they are said: gettext formats each of them, so a per cent sign is written twice."""
    for call in JINJA.parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in ("_", "gettext", "ngettext"):
            for text in (arg.value for arg in call.args if isinstance(arg, nodes.Const) and isinstance(arg.value, str)):
                try:
                    text % Anything()
                except (TypeError, ValueError):
                    yield text


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_every_sentence_of_a_template_can_be_formatted(path: Path) -> None:
    assert list(unformattable(path.read_text())) == []


def test_a_single_per_cent_sign_would_be_found() -> None:
    assert list(unformattable('{{ _("80 % of the time") }}{{ _("%(n)s of 80 %%", n=1) }}')) == ["80 % of the time"]


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_a_template_loads_nothing_from_another_host(path: Path) -> None:
    assert re.findall(r"<(?:script|link|img|iframe|source|use)[^>]*(?:https?:)?//", path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Save</p>",
        '<a title="{{ x }} more">{{ _("More") }}</a>',
        "{% if x %}<b>{{ x }} seats</b>{% endif %}",
        '{{ submit("Save") }}',
        '{{ _("Yes") if x else "Not yet" }}',
        "{% macro m() %}<li>left over</li>{% endmacro %}",
    ],
)
def test_a_bare_word_would_be_found(source: str) -> None:
    assert bare_words(source) != []


@pytest.mark.parametrize(
    "source",
    [
        '<p class="small">{{ _("Save") }} · {{ n }}</p>',
        "{% trans %}Save it.{% endtrans %}",
        '{{ ngettext("One seat", "%(num)s seats", n) }}',
        '{{ text_field("sessions.0.starts_at", _("Start"), type="time") }}',
        '{{ day|date_part("EEE d LLL") }}',
    ],
)
def test_what_is_translated_is_not_complained_about(source: str) -> None:
    assert bare_words(source) == []


@pytest.mark.parametrize(
    "source", ['<p style="color: red">', "<script>x()</script>", '<a onclick="x()">', "<style>p{}</style>"]
)
def test_what_the_policy_forbids_would_be_found(source: str) -> None:
    assert read(source).forbidden != []


def test_the_shared_templates_are_among_those_that_are_read() -> None:
    assert {"layout.html", "error.html", "forms.html", "components.html"} <= {path.name for path in TEMPLATES}


# --- icons ------------------------------------------------------------------------


def test_every_icon_that_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', (STATIC / "icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'(?<![\w.])icon\("([a-z]+)"', path.read_text())}
    assert named <= drawn


def test_headings_grow_with_their_rank() -> None:
    sizes = [
        re.search(rf"--text-{name}: (?:clamp\()?([\d.]+)rem", STYLESHEET)
        for name in ("display", "heading", "large", "body", "small")
    ]
    assert all(larger and smaller and float(larger[1]) > float(smaller[1]) for larger, smaller in pairwise(sizes))
