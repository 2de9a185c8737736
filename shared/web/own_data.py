"""What a service keeps of one person as an answer over HTTP: one ZIP."""

from collections.abc import Mapping

from flask import Response, render_template

from shared.languages import Text
from shared.own_data import OwnData, archive, in_words


def zip_answer(data: OwnData, titles: Mapping[str, Text], name: str) -> Response:
    """``titles`` are the words for each table."""
    page = render_template("own_data.html", rows=data.rows, titles=titles, in_words=in_words)
    # Not by send_file, which lets browsers keep what it sends.
    response = Response(archive(data, page), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
