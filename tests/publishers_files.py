"""Small files such as the publishers issue, for tests to build from or to spoil.

`Sources` holds the cells of every file that a build reads: three authorities of today (Kent,
Bristol, Dorset), one abolished (Dorset, pre 2019), two regions and England. A test changes what
it is about and calls `write`. Workbooks are written by hand: the least that is a workbook.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd

from kentlib.publishers import ofsted
from kentlib.publishers.catalogue import MEASURES

Cells = list[list[object]]

OLD = "Childrens_social_care_in_England_2023_underlying_data.ods"
LATEST = "LA_Inspection_Outcomes_as_at_31_March_2025.ods"
HISTORY, LIST, ILACS = (
    "LA_inspections_2009-2023",
    "Inspections_as_at_31_March",
    "ILACS_inspection_history",
)
GOOD, RI = "Good", "Requires improvement to be good"
OUTSTANDING, INADEQUATE = "Outstanding", "Inadequate"


def write_ods(path: Path, sheets: dict[str, Cells]) -> None:
    """An OpenDocument workbook with these sheets."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(
            f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    of = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<office:document-content xmlns:office="{of}office:1.0" xmlns:table="{of}table:1.0" '
        f'xmlns:text="{of}text:1.0"><office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", kind)
        book.writestr("content.xml", content)
        book.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{of}manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        )


def _ods_cell(value: object) -> str:
    if value == "":
        return "<table:table-cell/>"
    if isinstance(value, dt.date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        return f"<table:table-cell {kind}/>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    spaced = escape(str(value)).replace(" ", "<text:s/>").replace("\n", "</text:p><text:p>")
    return (
        f'<table:table-cell office:value-type="string"><text:p>{spaced}</text:p></table:table-cell>'
    )


def write_xlsx(path: Path, rows: Cells) -> None:
    """An Excel workbook with one sheet."""
    data = "".join(f"<row>{''.join(map(_xlsx_cell, row))}</row>" for row in rows)
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "_rels/.rels",
            f'<Relationships {links}><Relationship Id="r1" Type="{rel}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook {main} xmlns:r="{rel}"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/>'
            "</sheets></workbook>",
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships {links}><Relationship Id="r1" Type="{rel}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        book.writestr(
            "xl/worksheets/sheet1.xml",
            f"<worksheet {main}><sheetData>{data}</sheetData></worksheet>",
        )


def _xlsx_cell(value: object) -> str:
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def _block_headers() -> list[str]:
    """Headers of the older workbook up to ILACS, with the breaks and spaces Ofsted puts in."""
    made = []
    for block in ofsted._BLOCKS:
        made.append(block.published)
        made += [
            f" {header.replace(' (OE)', chr(10) + '(OE)')} " for header in block.aspects.values()
        ]
    return made


def _ilacs_headers(which: str, care: str) -> list[str]:
    found = ofsted._ilacs_headers("First" if which != "Second " else "Second")
    names = [
        "type",
        "published",
        "overall effectiveness",
        "impact of leaders",
        "help and protection",
    ]
    first = (
        found[f"{which.strip() or 'First'} type"][0].removeprefix("First ").removeprefix("Second ")
    )
    start = f"{which}{first}".removesuffix("inspection type")
    ends = [found[f"{which.strip() or 'First'} {name}"][0].split("framework ")[1] for name in names]
    return [f"{start}{end}" for end in ends] + [f"{start}{care}"]


_CARE = "experiences and progress of children in care"


class Sources:
    """The cells of a small set of publishers' files; change them, then `write`."""

    def __init__(self) -> None:
        day = dt.date
        blocks, wide = _block_headers(), len(_block_headers())
        top = ["Web link", "Local authority name", "LA region", "LA Authority Type", *blocks]
        top += _ilacs_headers("First ", f"{_CARE} and care leavers")
        top += _ilacs_headers("Second ", _CARE)
        top += ["Second ILACS framework experiences and progress of care leavers"]
        under = [*top[: 4 + wide], *_ilacs_headers("", f"{_CARE} and care leavers")]
        none: list[object] = [""]
        sif = [day(2017, 6, 13), GOOD, RI, GOOD, GOOD, GOOD, GOOD, RI]
        kent = [day(2010, 11, 19), INADEQUATE, INADEQUATE, *none * 4, day(2013, 1, 15), RI]
        kent += [*none * 2, day(2013, 8, 23), RI, *sif, *none * 7]
        bristol = [day(2012, 7, 3), GOOD, " -", *none * 10, *none * 8, *none * 7]
        former = [day(2011, 10, 28), GOOD, GOOD, *none * 10, *none * 8, *none * 7]
        ilacs = ["ILACS Standard Inspection", day(2022, 7, 5), OUTSTANDING, OUTSTANDING, GOOD]
        self.history: Cells = [
            ["Table 11: History"],
            ["This worksheet contains two tables."],
            [""],
            [""],
            top,
            ["link", "Kent", "South East", "Shire County", *kent, *ilacs, OUTSTANDING, *none * 7],
            ["link", "Bristol", "South West", "Unitary", *bristol, *none * 13],
            ["link", "Dorset", "South West", "Unitary", *none * wide, *none * 13],
            [""],
            ["Table 11:History of local authorities that existed before the restructure"],
            under,
            ["link", "Dorset", "South West", "Shire County", *former, *none * 6],
        ]
        h = ofsted._LATEST
        judged = [h[name] for name in ofsted._ILACS_ASPECTS]
        dates = [h["inspected"], h["published"]]
        names = [h["code"], h["authority"]]
        self.latest: Cells = [
            ["Local authority inspection judgements"],
            ["One table"],
            ["Web link", *names, h["region"], *dates, *judged],
            ["link", "E10000016", "Kent", "South East"],
            ["link", "E06000023", "Bristol", "South West"],
            ["link", "E06000059", "Dorset", "South West"],
        ]
        header = ["Web link", *names, "Local authority status", h["region"], *dates]
        kent_days = [day(2022, 5, 9), day(2022, 7, 5)]
        bristol_days = [day(2023, 1, 16), day(2023, 3, 17)]
        standard, short = "ILACS Standard Inspection", "ILACS Short Inspection"
        self.ilacs: Cells = [
            ["ILACS inspection history"],
            ["One table"],
            [*header, "Inspection type", *judged],
            [
                "link",
                "E10000016",
                "Kent",
                "Current",
                "South East",
                *kent_days,
                standard,
                OUTSTANDING,
                OUTSTANDING,
                GOOD,
                OUTSTANDING,
                "",
            ],
            [
                "link",
                "E06000023",
                "Bristol",
                "Current",
                "South West",
                *bristol_days,
                short,
                RI,
                RI,
                GOOD,
                RI,
                GOOD,
            ],
        ]
        self.code_list: Cells = [
            ["LA Number", "LA Name", "Region", "Type"],
            [886, "Kent", "South East", "SC"],
            [801, "Bristol, City of", "South West", "UA"],
            [838, "Dorset", "South West", "UA"],
            [835, "Dorset (Pre LG)", "South West", "SC"],
            [970, "England", "NA", "NA"],
            [989, "South East", "NA", "NA"],
            [990, "South West", "NA", "NA"],
            [1000, "England (discontinued)", "NA", "NA"],
        ]
        near = [f"SN{place}" for place in range(1, 11)]
        self.neighbours: Cells = [
            ["A", "B"],
            ["1", "2"],
            ["LA num", "LA Name", "LA number", *[x for sn in near for x in (sn, "SNP")]],
            [886, "Kent", 886, 838, "Close", 801, "Not close", *[""] * 16],
            [801, "Bristol, City of", 801, 886, "Close", *[""] * 18],
            [838, "Dorset", 838, 886, "Close", *[""] * 18],
            ["", "Old SNs:"],
            [835, "Dorset (Pre LG)", 835, 801, "Close", *[""] * 18],
        ]
        for row in self.neighbours:
            row += [""] * (23 - len(row))
        areas = [
            (886, "Kent"),
            (801, "Bristol, City of"),
            (838, "Dorset"),
            (835, "Dorset (Pre LG)"),
        ]
        areas += [(970, "England"), (989, "South East"), (990, "South West")]
        self.values = [
            [it.lait_code, year, name, "10", float(number)]
            for it in MEASURES
            for year in ("2024", "2025")
            for number, name in areas
        ]
        self.told = [[it.lait_code, "High", "45962"] for it in MEASURES]
        self.extra: dict[str, str] = {}

    def set_value(self, code: str, area: str, year: str, text: object) -> None:
        """Put a text where the small files have "10"."""
        [row] = [r for r in self.values if (r[0], r[1], r[2]) == (code, year, area)]
        row[3] = text

    def column(self, header: str) -> int:
        """Where a header stands in the older workbook's first table."""
        return [" ".join(str(cell).split()) for cell in self.history[4]].index(header)

    def write(self, folder: Path) -> Path:
        """Write all the files, in folders as one keeps them; return the folder."""
        ofsted_folder, dfe = folder / "ofsted", folder / "dfe" / "lait"
        ofsted_folder.mkdir(parents=True)
        dfe.mkdir(parents=True)
        old_cover: Cells = [
            ["Cover sheet - Official statistics"],
            ["Policy area:", "Children's social care data in England 2023"],
            ["Published on:", dt.date(2023, 7, 6)],
        ]
        new_cover: Cells = [
            ["Local authority inspection outcomes as at 31 March 2025"],
            ["Published on:", dt.date(2025, 9, 25)],
        ]
        write_ods(ofsted_folder / OLD, {"Cover": old_cover, HISTORY: self.history})
        latest = {"Cover": new_cover, LIST: self.latest, ILACS: self.ilacs}
        write_ods(ofsted_folder / LATEST, latest)
        write_xlsx(dfe / "la_code_list.xlsx", self.code_list)
        write_xlsx(dfe / "sn_may_2025.xlsx", self.neighbours)
        columns = ["Short Desc", "Years", "LA and Regions", "Values", "LA Number"]
        pd.DataFrame(self.values, columns=columns).to_parquet(dfe / "bds_long_0.parquet")
        told = pd.DataFrame(self.told, columns=["Measure_short", "Polarity", "Last Update"])
        told.to_csv(dfe / "lait_data_dictionary.csv", index=False)
        self.extra.setdefault(
            "c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv",
            "time_period,geographic_level,country_code,country_name,region_code,region_name,"
            "old_la_code,new_la_code\n"
            "2025,National,E92000001,England,,,,\n"
            "2025,Regional,E92000001,England,E12000008,South East,,\n"
            "2025,Regional,E92000001,England,E12000009,South West,,\n"
            "2025,Local authority,E92000001,England,E12000008,South East,886,E10000016\n"
            "2025,Local authority,E92000001,England,E12000009,South West,801,E06000023\n"
            "2018,Local authority,E92000001,England,E12000009,South West,835,E10000009\n"
            "2025,Local authority,E92000001,England,E12000009,South West,838,E06000059\n",
        )
        for name, text in self.extra.items():
            (dfe.parent / name).write_text(text, encoding="utf-8")
        return folder
