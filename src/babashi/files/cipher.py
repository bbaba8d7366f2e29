"""Sealed fields: SM4-GCM (GB/T 32907-2016) with a key derived for each context.

The context (for instance ``bank-account:91500113…``) is authenticated: a sealed value copied to another row
cannot be opened there.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = b"\x01"
NONCE, TAG = 12, 16


class SealBroken(ValueError):
    """A sealed value was altered, moved to another place, or sealed with another key."""


def seal(text: str, context: str) -> bytes:
    """Encrypt ``text`` for one place."""
    nonce = os.urandom(NONCE)
    encryptor = Cipher(algorithms.SM4(_key()), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(VERSION + context.encode())
    body = encryptor.update(text.encode()) + encryptor.finalize()
    return VERSION + nonce + encryptor.tag + body


def unseal(sealed: bytes, context: str) -> str:
    """The text again; raises :class:`SealBroken` if anything does not fit."""
    data = bytes(sealed)
    if len(data) < 1 + NONCE + TAG or data[:1] != VERSION:
        raise SealBroken("sealed value of an unknown form")
    nonce, tag, body = data[1 : 1 + NONCE], data[1 + NONCE : 1 + NONCE + TAG], data[1 + NONCE + TAG :]
    decryptor = Cipher(algorithms.SM4(_key()), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(VERSION + context.encode())
    try:
        return (decryptor.update(body) + decryptor.finalize()).decode()
    except InvalidTag as error:
        raise SealBroken("sealed value was altered or belongs elsewhere") from error


def _key() -> bytes:
    derived = HKDF(algorithm=hashes.SHA256(), length=16, salt=None, info=b"babashi field seal v1")
    return derived.derive(settings.BABASHI_FIELD_KEY.encode())
