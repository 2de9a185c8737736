"""What RFC 5545, 3.1 says of lines. Google ignores a whole feed over one fault here."""

_LONGEST_LINE = 75


def require_good_lines(ics: bytes) -> None:
    """Raises ``AssertionError`` unless every line ends in CRLF, has at most 75 octets and is UTF-8 on its own."""
    assert ics.endswith(b"\r\n"), "The last line does not end in CRLF."
    for line in ics.removesuffix(b"\r\n").split(b"\r\n"):
        assert b"\r" not in line, f"A carriage return inside of {line!r}"
        assert b"\n" not in line, f"A line feed inside of {line!r}"
        assert len(line) <= _LONGEST_LINE, f"{len(line)} octets: {line!r}"
        assert line.strip(), "An empty line"
        line.decode()


def unfolded(ics: bytes) -> list[str]:
    """The content lines, put together again."""
    require_good_lines(ics)
    return ics.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
