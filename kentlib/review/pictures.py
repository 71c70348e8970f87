"""Whether two pictures look the same: pixel by pixel, with an eye's threshold.

matplotlib's SVG is drawn again by matplotlib, from its paths; bitmaps are read as they are.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.etree import ElementTree

import numpy as np

SEEN = 6.0
"""The least difference in colour, in units of CIELAB, that an eye sees at a glance: just
noticeable is 2.3 (Mahy, Van Eycken and Oosterlinck, 1994) of large fields side by side."""

BLUR = 3
"""Pixels, in a square, over which colours are averaged first: a line that is drawn a fraction of
a pixel elsewhere, or whose edge another version smooths otherwise, looks the same."""

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
NUMBERS = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


class Unreadable(Exception):
    """A picture that cannot be drawn here: not one of matplotlib's, or broken."""


def alike(then: str, now: str, kind: str) -> bool:
    """Whether two pictures look the same.

    Parameters
    ----------
    then, now
        SVG, or a bitmap in base64.
    kind
        Its MIME type.

    Returns
    -------
    True for the same bytes, or where no part of the picture differs by a colour that can be
    seen. False where sizes differ, or a picture cannot be drawn here: then only the same bytes
    are known to look the same.
    """
    if then == now:
        return True
    try:
        was, is_now = (pixels(one, kind) for one in (then, now))
    except Unreadable:
        return False
    if was.shape != is_now.shape:
        return False
    apart = np.sqrt(((_lab(_blurred(was)) - _lab(_blurred(is_now))) ** 2).sum(axis=2))
    return bool(apart.max() < SEEN)


def pixels(picture: str, kind: str) -> np.ndarray:
    """A picture on white: height x width x 3, each 0 to 1.

    Raises
    ------
    Unreadable
        It holds what is not read here.
    """
    if kind == "image/svg+xml":
        return _drawn(picture)
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGBA")
    except (OSError, binascii.Error, ValueError):
        raise Unreadable(kind) from None
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    return np.asarray(white.convert("RGB"), dtype="float64") / 255


def _blurred(image: np.ndarray) -> np.ndarray:
    from scipy.ndimage import uniform_filter

    return uniform_filter(image, size=(BLUR, BLUR, 1))


def _lab(image: np.ndarray) -> np.ndarray:
    """sRGB, 0 to 1, in CIELAB under daylight (D65)."""
    linear = np.where(image <= 0.04045, image / 12.92, ((image + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375],
                       [0.2126729, 0.7151522, 0.0721750],
                       [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
    xyz = linear @ to_xyz.T / to_xyz.sum(axis=1)
    cube = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = np.moveaxis(cube, 2, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=2)


class _Drawing(NamedTuple):
    """What is to be drawn: a path in SVG's units, its style, its clip and where it stands."""

    path: str
    style: dict[str, str]
    transform: Any
    clip: tuple[str, Any] | None


def _drawn(svg: str) -> np.ndarray:
    """matplotlib's SVG as pixels, one for each of its points."""
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.transforms import Affine2D

    try:
        root = ElementTree.fromstring(svg)
        wide, high = (float(part) for part in root.attrib["viewBox"].split()[2:])
        if not (0 < wide < 5000 and 0 < high < 5000):
            raise Unreadable("size")
        renderer = RendererAgg(round(wide), round(high), 72)
        flip = Affine2D().scale(1, -1).translate(0, round(high))
        known = {one.attrib["id"]: one for one in root.iter() if "id" in one.attrib}
        for one in _drawings(root, {}, Affine2D(), None, known, 0):
            _draw(renderer, one, flip)
    except (ElementTree.ParseError, KeyError, ValueError, IndexError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from None
    rgba = np.asarray(renderer.buffer_rgba(), dtype="float64") / 255
    alpha = rgba[..., 3:]
    return rgba[..., :3] * alpha + (1 - alpha)


def _drawings(
    element: Any, style: dict[str, str], transform: Any, clip: Any, known: dict[str, Any], deep: int
) -> Iterator[_Drawing]:
    """The paths of an element and all within it, in the order in which they are drawn."""
    tag = element.tag.removeprefix(SVG)
    if tag in ("defs", "metadata", "style", "title", "desc", "clipPath") or deep > 50:
        return
    style = style | _style(element)
    transform = _transform(element.get("transform", "")) + transform
    if "clip-path" in element.attrib:
        (area,) = known[element.attrib["clip-path"][5:-1]]
        clip = (_outline(area), transform)
    if tag in ("svg", "g"):
        for child in element:
            yield from _drawings(child, style, transform, clip, known, deep + 1)
    elif tag == "use":
        from matplotlib.transforms import Affine2D

        at = Affine2D().translate(float(element.get("x", 0)), float(element.get("y", 0)))
        target = known[element.attrib[LINK].removeprefix("#")]
        yield from _drawings(target, style, at + transform, clip, known, deep + 1)
    else:
        yield _Drawing(_outline(element), style, transform, clip)


def _outline(element: Any) -> str:
    tag = element.tag.removeprefix(SVG)
    if tag == "path":
        return element.get("d", "")
    if tag == "rect":
        x, y, wide, high = (float(element.attrib[name]) for name in ("x", "y", "width", "height"))
        return f"M {x} {y} L {x + wide} {y} L {x + wide} {y + high} L {x} {y + high} z"
    raise Unreadable(tag)


def _draw(renderer: Any, one: _Drawing, flip: Any) -> None:
    from matplotlib.colors import to_rgba

    path = _path(one.path)
    fill, stroke = one.style.get("fill", "#000000"), one.style.get("stroke", "none")
    whole = float(one.style.get("opacity", 1))
    place = one.transform + flip
    inside = None
    if fill != "none":
        inside = to_rgba(fill, whole * float(one.style.get("fill-opacity", 1)))
    context = renderer.new_gc()
    if one.clip:
        clip, at = one.clip
        box = at.transform_path(_path(clip)).get_extents()
        context.set_clip_rectangle(flip.transform_bbox(box))
    width = 0.0
    if stroke != "none":
        grown = float(np.sqrt(abs(np.linalg.det(one.transform.get_matrix()[:2, :2]))))
        width = float(one.style.get("stroke-width", "1").removesuffix("px")) * grown
        context.set_foreground(
            to_rgba(stroke, whole * float(one.style.get("stroke-opacity", 1))), isRGBA=True
        )
        dashes = one.style.get("stroke-dasharray", "none")
        if dashes != "none":
            begin = float(one.style.get("stroke-dashoffset", 0)) * grown
            context.set_dashes(begin, [float(part) * grown for part in NUMBERS.findall(dashes)])
        cap = one.style.get("stroke-linecap", "butt")
        context.set_capstyle("projecting" if cap == "square" else cap)
        context.set_joinstyle(one.style.get("stroke-linejoin", "round"))
    context.set_linewidth(width)
    context.set_snap(False)
    renderer.draw_path(context, path, place, inside)
    context.restore()


def _path(outline: str) -> Any:
    """A path of absolute moves, lines and curves, which are all that matplotlib writes."""
    from matplotlib.path import Path

    takes = {"M": (2, [Path.MOVETO]), "L": (2, [Path.LINETO]), "Q": (4, [Path.CURVE3] * 2),
             "C": (6, [Path.CURVE4] * 3), "z": (0, []), "Z": (0, [])}  # fmt: skip
    points: list[tuple[float, float]] = []
    codes: list[int] = []
    for command, written in re.findall(r"([A-Za-df-z])([^A-Za-df-z]*)", outline):
        if command not in takes:
            raise Unreadable(f"path {command}")
        many, kinds = takes[command]
        numbers = [float(number) for number in NUMBERS.findall(written)]
        if not many:
            codes.append(Path.CLOSEPOLY)
            points.append((0.0, 0.0))
            continue
        if not numbers or len(numbers) % many:
            raise Unreadable("path")
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        points += pairs
        again = kinds if command != "M" else [Path.LINETO]
        codes += [*kinds, *again * (len(pairs) // len(kinds) - 1)]
    return Path(np.array(points).reshape(-1, 2), codes)


def _style(element: Any) -> dict[str, str]:
    told = {
        name: value
        for name, value in element.attrib.items()
        if name.startswith(("fill", "stroke")) or name == "opacity"
    }
    for part in filter(None, (part.strip() for part in element.get("style", "").split(";"))):
        name, _, value = part.partition(":")
        told[name.strip()] = value.strip()
    return told


def _transform(written: str) -> Any:
    """SVG's transforms, of which the last written is the first applied."""
    from matplotlib.transforms import Affine2D

    whole = Affine2D()
    for name, inside in re.findall(r"(\w+)\s*\(([^)]*)\)", written):
        numbers = [float(number) for number in NUMBERS.findall(inside)]
        one = Affine2D()
        if name == "translate":
            one.translate(numbers[0], numbers[1] if len(numbers) > 1 else 0)
        elif name == "scale":
            one.scale(numbers[0], numbers[1] if len(numbers) > 1 else numbers[0])
        elif name == "rotate":
            if len(numbers) == 3:
                one.rotate_deg_around(numbers[1], numbers[2], numbers[0])
            else:
                one.rotate_deg(numbers[0])
        elif name == "matrix":
            a, b, c, d, e, f = numbers
            one = Affine2D.from_values(a, b, c, d, e, f)
        else:
            raise Unreadable(name)
        whole = one + whole
    return whole
