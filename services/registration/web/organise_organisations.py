"""The organisers' pages about the directory of organisations. Auditors read them."""

from flask import Blueprint

from services.registration.web import organise_entries, organise_mergers, organise_spellings, organise_table
from services.registration.web.organise_room import guard
from shared.web.app import keep_private

bp = Blueprint("directory", __name__, url_prefix="/organise/organisations")
bp.before_request(keep_private)
bp.before_request(guard(readers=("organiser", "auditor"), writers=("organiser",)))
for part in (organise_entries, organise_mergers, organise_spellings, organise_table):
    bp.register_blueprint(part.bp)
