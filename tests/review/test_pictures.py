"""Pictures: what looks the same is the same, what an eye sees is not."""

import base64
import io

import numpy as np
import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image

from kentlib.review import pictures

SVG = "image/svg+xml"


def drawn(colour="#12436D", *, move=0.0, last=2.0, salt="kentlib"):
    import matplotlib as mpl

    target = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": salt, "svg.fonttype": "path"}):
        made = Figure(figsize=(4, 3))
        axes = made.subplots()
        axes.plot([1, 2, 3], [3, 1, last], color=colour, linestyle="--", marker="o")
        axes.fill_between([1, 2, 3], [2, 0, 1], [4, 2, 3], color=colour, alpha=0.2)
        axes.set_xlabel("Year ending 31 March", x=0.5 + move)
        FigureCanvasSVG(made).print_svg(target, metadata={"Date": None})
    return target.getvalue()


def test_other_ids_look_the_same():
    assert drawn() != drawn(salt="another")
    assert pictures.alike(drawn(), drawn(salt="another"), SVG)


def test_a_fraction_of_a_pixel_looks_the_same_and_some_pixels_do_not():
    assert pictures.alike(drawn(), drawn(move=0.0003), SVG)
    assert not pictures.alike(drawn(), drawn(move=0.02), SVG)


@pytest.mark.parametrize("other", [{"colour": "#28A197"}, {"last": 2.1}])
def test_another_colour_or_another_point_looks_different(other):
    assert not pictures.alike(drawn(), drawn(**other), SVG)


def test_a_drawing_is_drawn_again_as_matplotlib_itself_draws_it():
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    made = Figure(figsize=(4, 3), dpi=72)
    axes = made.subplots()
    axes.plot([1, 2, 3], [3, 1, 2], linewidth=4)
    axes.bar([1, 2], [1, 2], color="#F46A25")
    axes.set_title("Children")
    svg = io.StringIO()
    FigureCanvasSVG(made).print_svg(svg)
    canvas = FigureCanvasAgg(made)
    canvas.draw()
    own = np.asarray(canvas.buffer_rgba())[..., :3] / 255
    again = pictures.pixels(svg.getvalue(), SVG)
    assert again.shape == own.shape
    near = np.abs(pictures._blurred(again) - pictures._blurred(own)).max(axis=2) < 0.25
    assert near.mean() > 0.99


@pytest.mark.parametrize(
    "svg",
    [
        "<svg",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><text>a</text></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path d='M 0 0 A 1'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 99999 9'/>",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_a_drawing_that_cannot_be_drawn_here_is_the_same_only_to_the_byte(svg):
    with pytest.raises(pictures.Unreadable):
        pictures.pixels(svg, SVG)
    assert pictures.alike(svg, svg, SVG)
    assert not pictures.alike(svg, svg + " ", SVG)


def bitmap(shade, mark=None):
    image = Image.new("RGB", (20, 10), (shade, shade, shade))
    if mark:
        image.paste(mark, (5, 5, 9, 9))
    target = io.BytesIO()
    image.save(target, format="PNG", compress_level=0 if mark is None else 9)
    return base64.b64encode(target.getvalue()).decode()


def test_bitmaps_are_compared_as_an_eye_sees_them():
    assert pictures.alike(bitmap(200), bitmap(201), "image/png")
    assert not pictures.alike(bitmap(200), bitmap(200, "red"), "image/png")
    assert not pictures.alike(bitmap(200), "bm8gcGljdHVyZQ==", "image/png")


def test_pictures_of_other_sizes_are_not_the_same():
    small = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'/>"
    assert not pictures.alike(small, small.replace("9 9'", "9 8'"), SVG)
