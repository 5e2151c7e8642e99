"""Files of rows: CSV, JSON Lines and XLSX, read and written row by row.

Knows nothing of listings: a row is a line number and its texts. Reading raises nothing but
InputError and LocalFault, whatever the bytes are; what is wrong with a row is said with the row.
"""
