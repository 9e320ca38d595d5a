"""The one error of credentials; its codes are listed here.

==========================  ==========================================================================
text-malformed              not ``https://<host>/1#<digits>``
text-version                such a text of another version
host-malformed              a host that cannot stand in a credential
digits-malformed            other characters than ASCII 0–9
digits-too-many             more than 2,500 digits
digits-length               a last block of a length that no number of bytes has
digits-overflow             a block greater than its bytes can hold
claims-malformed            the payload is no CBOR map
claims-not-canonical        the payload is not the one encoding of its content
claim-unknown               a key that version 1 does not have
claim-missing               a required key is missing
claim-type                  a value of another type
claim-number                no card number
claim-length                a text that is empty or too long, a copy id that has not 8 bytes
claim-not-nfc               a text that is not in Unicode normal form C
claim-occupations           job types missing, too many, without sense, or on a supervisor's card
claim-status                a status list or index out of range
claim-dates                 dates out of order, out of range, or more than 3 years apart
claim-work-unit             a work unit on an assessor's card
portrait-malformed          no lossy VP8 key frame
portrait-dimensions         a picture that is not 48×64
portrait-size               too many bytes, or an odd number
==========================  ==========================================================================
"""

from __future__ import annotations

from service.domain.errors import DomainError


class CredentialError(DomainError):
    """Text, digits or a payload that is not exactly a credential of version 1."""

    default_code = "credential-invalid"
