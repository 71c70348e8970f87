"""The one error that data and parameters raise: what was seen, where, and what to try."""


class DataError(ValueError):
    """Input that cannot give a right number.

    The message is written for the person who must mend the input. It names a file, column and
    row, and never an identifier, a date of birth or a postcode, because a run writes it into
    the saved notebook and the log.
    """
