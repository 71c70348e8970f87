import pytest

from kentlib.errors import DataError
from kentlib.reports import settings


def told(content):
    with pytest.raises(DataError) as caught:
        settings.parse(content)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "line", "shown"),
    [
        ("a: 1\nb: 2017-13-45\n", 2, "'2017-13-45'"),
        ('a: !!int ""', 1, "''"),
        ("a: !!int x", 1, "'x'"),
        ("a: !!bool maybe", 1, "'maybe'"),
        ("a: !!timestamp soon", 1, "'soon'"),
        ("a: !!float much", 1, "'much'"),
        ('a:\n  - "\\ud800"', 2, r"'\ud800'"),
        ("a: " + "9" * 5_000, 1, "'999"),
        ("a: 0x" + "f" * 5_000, 1, "'0xff"),
    ],
)
def test_a_value_that_is_none_is_named_by_its_line(content, line, shown):
    said = told(content)
    assert said.startswith(f"line {line}: {shown}")
    assert said.endswith("is no value that can be read: quote a text.")
    assert len(said) < 110


def test_a_name_set_twice_is_named_by_its_line_however_deep():
    assert told("a:\n  b: 1\n  b: 2\n") == "line 3: b is set more than once."


@pytest.mark.parametrize("content", ["a: &x [1]\nb: 2", "a: 1\nb: *x", "a: &x [*x]"])
def test_a_file_is_read_as_it_stands_without_anchors(content):
    assert "& and * refer to another place: write the value out" in told(content)


def test_a_text_that_grows_without_end_is_refused_at_once():
    content = "a0: &a0 [x, x]\n"
    content += "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 16))
    assert told(content).startswith("line 1: ")


@pytest.mark.parametrize("content", ["[" * 100_000, "a: " + "{a: " * 100_000, "- " * 50_000])
def test_a_text_without_end_of_brackets_is_refused(content):
    assert told(content)


@pytest.mark.parametrize(
    "content",
    ["a: 1\n---\na: 2", "? [a]\n: 1", "<<: {a: 1}", "a\0b", "!!python/object:os.system {}"],
)
def test_what_is_no_plain_settings_is_refused(content):
    assert told(content)


def test_a_file_too_large_is_not_read(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_bytes(b"# \n" * settings.LARGEST)
    with pytest.raises(DataError, match="too large"):
        settings.read(file)


@pytest.mark.parametrize("name", ["gone.yaml", "", "a\0b", "a" * 5_000])
def test_a_file_that_cannot_be_opened_says_why(name, tmp_path):
    with pytest.raises(DataError, match=r"it cannot be read: [A-Zi]"):
        settings.read(tmp_path / name)


def test_plain_settings_are_read_as_they_are():
    content = "\ufeffauthority: Kent\nyear: 2017\nday: '2017-03-06'\neach: [all, Ynys Môn]\n"
    assert settings.parse(content) == {
        "authority": "Kent",
        "year": 2017,
        "day": "2017-03-06",
        "each": ["all", "Ynys Môn"],
    }
