"""One agreed spelling for every area, whatever a publisher calls it.

The agreed names are the Department for Education's, as its local authority interactive tool
(LAIT) has them, except where that name carries a remark ("Dorset (Pre LG)") or a stray capital.
"""

from kentlib.publishers.files import tidy

SPELLINGS = {
    # the department's code list, and the table of values that goes with it
    "Bournemouth (Pre LG)": "Bournemouth",
    "Dorset (Pre LG)": "Dorset (pre 2019)",
    "Poole (Pre LG)": "Poole",
    "Kingston Upon Hull, City of": "Kingston upon Hull, City of",
    "Yorkshire and the Humber": "Yorkshire and The Humber",
    "London (Inner)": "Inner London",
    "London (Outer)": "Outer London",
    # Ofsted
    "Bedford": "Bedford Borough",
    "Bournemouth, Christchurch & Poole": "Bournemouth, Christchurch and Poole",
    "Bristol": "Bristol, City of",
    "Hammersmith & Fulham": "Hammersmith and Fulham",
    "Kingston Upon Hull": "Kingston upon Hull, City of",
    "Kingston upon Hull": "Kingston upon Hull, City of",
    "Richmond Upon Thames": "Richmond upon Thames",
    "St Helens": "St. Helens",
    "Telford & Wrekin": "Telford and Wrekin",
    # the department's statistical releases, which follow the Office for National Statistics
    "County Durham": "Durham",
    "Herefordshire, County of": "Herefordshire",
}
"""A spelling found in a publisher's file: the agreed name."""

FORMER = {"Dorset": "Dorset (pre 2019)"}
"""Names that an abolished authority shares with one of today, in lists of abolished ones."""

REGIONS = {
    "North East, Yorkshire and the Humber": "North East, Yorkshire and The Humber",
}
"""Ofsted's regions that it spells in more than one way."""


def agreed(name: str, *, abolished: bool = False) -> str:
    """The agreed spelling of a name as published; a name not in the lists is its own.

    Parameters
    ----------
    name
        As published. White space at its ends does not matter.
    abolished
        The source lists it among authorities that no longer exist.

    Examples
    --------
    >>> agreed("Bristol")
    'Bristol, City of'
    >>> agreed("Dorset"), agreed("Dorset", abolished=True)
    ('Dorset', 'Dorset (pre 2019)')
    """
    name = tidy(name)
    if abolished and name in FORMER:
        return FORMER[name]
    return SPELLINGS.get(name, name)
