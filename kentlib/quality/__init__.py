"""How good the records are: what is wrong in an authority's extracts, and what it costs.

Written for the person who must mend the record. A place is a file, a sheet, a row and a column,
as Excel shows them; nothing here holds an identifier, a date of birth, a postcode or any other
value of a cell.
"""
