"""What nobody may be shown: which columns hold it, what is gathered, in which spellings found."""

import base64
import datetime as dt
import random
import struct
import zlib

import pandas as pd
import pytest

from kentlib.extracts import specs, ssda903_form
from kentlib.private import columns, gathering, kept, layers, shown, spellings
from kentlib.private.known import Known

BORN = ("2009-03-06", "2010-12-25", "2011-01-05", "2012-07-09")
NOTE = "She was found near the old bus station by her uncle on Tuesday night"


def day(iso):
    return dt.date.fromisoformat(iso).toordinal()


@pytest.fixture
def known():
    return Known(
        {
            "identifier": ["SYN0000001", "4012345", "401234", "00123456", "12", "A/2017/0042"],
            "upn": ["UN1", "D051910639385"],
            "birth": set(map(day, BORN)),
            "postcode": ["ME14 1XQ", "ME14"],
            "name": ["Jane Smith", "Duty Team", "O'Brien, Mary Ann", "Cher", "Tunbridge Wells"],
            "contact": ["01622 123456", "mary.ann.obrien@example.org"],
            "text": [NOTE],
        },
        shown=["Tunbridge Wells"],
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SYN0000001", "identifier"),
        ("child=syn-0000001;", "identifier"),
        ("Syn 000 0001", "identifier"),
        ("childSYN0000001row", "identifier"),
        ("ＳＹＮ００００００１", "identifier"),
        ("SYN\u200b0000\u00ad001", "identifier"),
        ("SYN‑0000001", "identifier"),
        ("the children 4012345 and 2", "identifier"),
        ("4,012,345", "identifier"),
        ("0004012345", "identifier"),
        ("4012345.0", "identifier"),
        ("row4012345", "identifier"),
        ("00123456", "identifier"),
        ("a/2017/0042", "identifier"),
        ("A-2017-0042", "identifier"),
        ("d0519 1063 9385", "upn"),
        ("me141xq", "postcode"),
        ("ME14\n1XQ", "postcode"),
        ("JANE  SMITH", "name"),
        ("Smith, Jane", "name"),
        ("jane.smith@kent.gov.uk", "name"),
        ("Mary Ann O’Brien", "name"),
        ("01622123456", "contact"),
        ("“found near the old bus station, by her uncle”", "text"),
        ("found near the old bus station", None),
        ("SYN0000002, 401234, 123456 and 12", None),
        ("UN1, ME14, Duty Team, Cher, Jane and Tunbridge Wells", None),
        ("2017-03-31, 1,234,567 and 01/04/2016 in 40 12345 places", None),
        ("sha256 a4012345bc4012345def4012345aa", None),
    ],
)
def test_what_tells_a_person_is_found_in_every_spelling_and_nothing_else_is(known, text, kind):
    assert known.told(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("born 6 March 2009", "birth"),
        ("DOB: 06/03/2009", "birth"),
        ("date_of_birth Timestamp('2009-03-06 00:00:00')", "birth"),
        ("{'dob': datetime.date(2009, 3, 6)}", "birth"),
        ("on March 6th, 2009 (date of birth)", "birth"),
        ("06.03.09 was the birth date", "birth"),
        ("2009-03-06 2010-12-25 2011-01-05", "birth"),
        ("inspected on 6 March 2009", None),
        ("children born before 6 March 2009", None),
        ("from 2009-03-06 to 2010-12-25", None),
        ("2009-03-06 2009-03-07 2009-04-01 2010-12-25 2011-01-05 2015-01-01 2016-01-01", None),
        ("child id 401234", "identifier"),
        ("{'child_id': 12}", "identifier"),
        ("ID: 12", "identifier"),
        ("12 children, 401,234 pounds, 401234 pounds", None),
        ("table 12, page 12, 12%", None),
    ],
)
def test_what_may_be_any_number_or_day_is_found_by_what_stands_beside_it(known, text, kind):
    assert known.meant(text) == kind


def test_of_several_things_the_one_that_comes_first_is_told(known):
    both = ["D051910639385", "4012345"]
    assert [known.told(" and ".join(some)) for some in (both, both[::-1])] == ["upn", "identifier"]


def test_every_month_is_read_in_every_way_that_a_date_is_written():
    ways = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%y", "%d %B %Y", "%d%b%Y", "%B %d, %Y", "%b. %dth %Y")
    for month in range(1, 13):
        date = dt.date(2009, month, 6)
        for way in (*ways, "%Y%m%d", "%d%m%Y"):
            (found,) = spellings.days(date.strftime(f"AT {way} TO").upper())
            assert date.toordinal() in found[2]


def test_days_of_birth_are_found_where_the_code_that_shows_them_says_so():
    dense = Known({"birth": range(day("2000-01-01"), day("2016-01-01"))})
    text = "2009-03-06 2010-12-25 2011-01-05 2012-07-09"
    assert dense.meant(text) is None
    assert dense.meant(text, about="own.ssda903['header']['dob'].tolist()") == "birth"
    assert dense.meant(text, about="inspections['published'].tolist()") is None


def test_shorter_numbers_are_found_where_so_many_are_no_chance():
    some = random.Random(5).sample(range(100_000, 999_999), 400)
    known = Known({"identifier": map(str, some)})
    assert known.meant(" ".join(map(str, some[:4]))) == "identifier"
    assert known.meant(f"{some[0]} of 123456, 654321 and 222222") is None
    every = Known({"identifier": map(str, range(10_000, 99_999))})
    assert every.meant("12345 23456 34567 45678 56789") is None


@pytest.mark.parametrize(
    ("header", "cells", "kind"),
    [
        ("DOB", ["6 March 2009"], "birth"),
        ("Date of Birth", ["39878"], "birth"),
        ("born", ["20090306"], "birth"),
        ("Published", ["6 March 2009"], None),
        ("child_id", ["12"], "identifier"),
        ("Child", ["0012"], "identifier"),
        ("Children", ["12"], None),
        ("Surname", ["Cher"], "name"),
        ("Child", ["13"], None),
    ],
)
def test_a_column_is_what_its_header_says(known, header, cells, kind):
    assert known.in_column(header, cells) == kind


def test_every_column_of_an_extract_that_names_a_child_is_marked():
    for table in [*specs.annex_a().values(), specs.return_interviews(), specs.districts()]:
        for field in table.fields.values():
            kinds = {columns.kind(name) for name in (field.name, field.header, *field.also)}
            if field.kind == "id":
                assert kinds == {"identifier"}, field
            elif field.kind == "postcode":
                assert kinds == {"postcode"}, field
            elif "birth" in field.name:
                assert kinds == {"birth"}, field
            elif field.name in ("worker", "personal_advisor"):
                assert kinds == {"name"}, field
            else:
                assert kinds == {None}, field
    of_the_return = {"child": "identifier", "upn": "upn", "dob": "birth", "mc_dob": "birth"}
    of_the_return |= {"home_post": "postcode", "pl_post": "postcode", "sw_id": "identifier"}
    for table in ssda903_form.tables().values():
        for name in table.columns:
            assert columns.kind(name.upper()) == of_the_return.get(name), name


def write(folder, name, *lines):
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_what_a_reader_leaves_out_or_does_not_know_is_gathered_too(tmp_path):
    write(
        tmp_path,
        "header.csv",
        "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB,Forename,Surname,Remarks,Team",
        f'K000001,1,06/03/2009,WBRI,D051910639385,,,Ann,Lee,"{NOTE}",North',
        "K000001,1,31/02/2009,WBRI,UN1,,,,,,North",
        ",1,5 May 2008,WBRI,,,,,,,",
    )
    write(tmp_path, "other.csv", "Person ID,Name,Notes", f"9000001,Bo Ray,{NOTE} today")
    write(tmp_path, "areas.csv", "id,name,notes", "E10000016,Kent County,One of the largest areas")
    private = gathering.gather(tmp_path)
    assert private.cells["identifier"] == {"K000001", "9000001"}
    assert private.cells["birth"] == {day("2009-03-06"), day("2008-05-05")}
    assert private.cells["upn"] == {"D051910639385", "UN1"}
    assert private.cells["name"] >= {"Ann Lee", "Bo Ray"}
    assert private.cells["text"] == {NOTE, f"{NOTE} today"}
    assert "Kent County" not in private.cells["name"]


def test_ten_thousand_identifiers_are_found_whatever_their_spelling():
    chance = random.Random(2017)
    number = chance.sample(range(1_000_000, 9_999_999), 4000)
    letters = [
        f"{chance.choice(('K', 'LA', 'SYN'))}{one:07}" for one in chance.sample(number, 3000)
    ]
    pupils = [f"{chance.choice('ABDKY')}{one:012}" for one in chance.sample(number, 1500)]
    posts = [f"{a}{b} {c}{d}" for a, b, c, d in _posts(chance)]
    known = Known({"identifier": [*map(str, number), *letters], "upn": pupils, "postcode": posts})
    spell = (
        str,
        str.lower,
        lambda text: f"({text})",
        lambda text: f"no{text}" if text[0].isdigit() else text.title(),
        lambda text: f"000{text}" if text.isdigit() else f"{text[:-3]} {text[-3:]}",
        lambda text: f"{int(text):,}" if text.isdigit() else f"{text[:-3]}-{text[-3:]}",
        lambda text: "".join(chr(ord(one) + 0xFEE0) if one != " " else one for one in text),
    )
    planted = [*map(str, number), *letters, *pupils, *posts]
    assert len(planted) == 10_000
    missed = [one for one in planted if not known.told(f"of 12 ({chance.choice(spell)(one)}) 31%")]
    assert missed == []
    others = (str(one + 1) for one in number if one + 1 not in set(number))
    assert not any(known.told(f"of 12 ({one}) 31%") for one in others)


def _posts(chance):
    wanted = set()
    while len(wanted) < 1500:
        wanted.add(
            (
                chance.choice(("ME", "CT", "TN", "DA")),
                chance.randrange(1, 28),
                chance.randrange(1, 10),
                "".join(chance.choices("ABDEFGHJLNPQRSTUWXYZ", k=2)),
            )
        )
    return sorted(wanted)


def png(kind, content):
    """A picture of nothing with one text in it."""
    chunk = struct.pack(">I", len(content)) + kind + content + bytes(4)
    return packed(layers.PNG + chunk)


def packed(content):
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    "content",
    [
        "<text><tspan x='1'>SYN0</tspan><tspan x='2'>000001</tspan></text>",
        "<text>\n <tspan>SYN</tspan>\n <tspan>0000001</tspan>\n</text>",
        "<p>SYN<b>0000001</b></p>",
        "<svg aria-label='child SYN0000001'/>",
        "<!-- SYN0000001 -->",
        "<a href='x.html?child=SYN0000001'>one</a>",
        "<p>&#83;YN&#48;000001</p>",
        "<td>%53YN0000001</td>",
        '{"a": "\\u0053YN0000001"}',
        f"<img src='data:image/svg+xml;base64,{packed(b'<svg>SYN0000001</svg>')}'>",
        "<img src='data:image/svg+xml,%3Csvg%3ESYN0000001%3C/svg%3E'>",
        packed(b"SYN0000001"),
        f"data:image/png;base64,{png(b'tEXt', b'Title' + bytes(1) + b'SYN0000001')}",
        f"data:image/png;base64,{png(b'zTXt', b'T' + bytes(2) + zlib.compress(b'SYN0000001'))}",
    ],
)
def test_a_thing_is_read_through_markup_and_encodings(known, content):
    texts = [*layers.read(content), *layers.hidden(content), *layers.packed(*layers.apart(content))]
    texts += [inner for text in texts for inner in layers.read(text)]
    assert any(known.told(text) for text in texts)


def test_a_packed_text_does_not_grow_without_end():
    bomb = packed(zlib.compress(bytes(4 * layers.MOST), wbits=31))
    assert max(map(len, layers.picture(bomb))) == layers.MOST


def test_the_columns_of_a_frame_are_read_in_html_and_in_print():
    frame = pd.DataFrame({"child_id": [12, 13], "sex": ["F", "M"], "dob": ["2009-03-06", "-"]})
    told = [("child_id", ["12", "13"]), ("dob", ["2009-03-06", "-"])]
    assert list(shown.in_html(frame.to_html())) == told
    assert list(shown.in_text(str(frame))) == told
    assert list(shown.in_text(frame.to_csv(index=False))) == told
    assert list(shown.in_text(str(frame["dob"]))) == [("dob", ["2009-03-06", "-"])]


def test_a_header_that_comes_again_is_read_once_in_a_block_and_anew_in_the_next():
    text = "name\nAnna\nname\nBea\n\nname\nCleo"
    assert list(shown.in_text(text)) == [("name", ["Anna", "name", "Bea"]), ("name", ["Cleo"])]


def test_what_is_kept_can_be_read_by_this_user_alone(tmp_path, known):
    path = kept.place(tmp_path, kept.key({"extracts": "own"}))
    kept.keep(known, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert kept.load(path).told("SYN0000001") == "identifier"
    assert kept.load(tmp_path / "none") is None
