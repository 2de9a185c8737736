"""Signatures of documents: PAdES (ETSI EN 319 142-1, level B-B), not seen on the page.

A signature that is seen would have to be tagged for PDF/UA, and PDF/A forbids one that is hidden. So its field stands
outside of the page and is marked to be printed, which both standards allow.
"""

import io

from asn1crypto import x509
from asn1crypto.keys import PrivateKeyInfo
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.notifications.signing_key import SigningKey

_FIELD = "Signature"
_UNSEEN = InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)


def signed(pdf: bytes, key: SigningKey) -> bytes:
    """The document with a signature behind it; what was there stays as it is, to the byte."""
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # the library's own constructor has no annotations
    store.register_multiple(x509.Certificate.load(one) for one in key.chain)
    signer = SimpleSigner(
        signing_cert=x509.Certificate.load(key.certificate),
        signing_key=PrivateKeyInfo.load(key.key),
        cert_registry=store,
    )
    metadata = PdfSignatureMetadata(field_name=_FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    field = SigFieldSpec(_FIELD, invis_sig_settings=_UNSEEN)
    out = io.BytesIO()
    PdfSigner(metadata, signer=signer, new_field_spec=field).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out
    )
    return out.getvalue()
