"""Sealing single fields (bank account numbers): SM4-GCM, bound to the place where they belong.

Layout: one byte version, 12 bytes nonce, ciphertext, 16 bytes tag. The context (table and enterprise, say)
is authenticated with it, so a sealed value copied into another row doesn't open there.
"""

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from babashi.audit.errors import DomainError

_VERSION = b"\x01"
_NONCE = 12
_TAG = 16


class Unsealable(DomainError):
    """A sealed value doesn't open: another key, another place, or it was changed."""

    status = 500
    code = "unsealable"


def seal(text: str, context: str) -> bytes:
    """Encrypt a short text for one place."""
    nonce = os.urandom(_NONCE)
    encryptor = Cipher(algorithms.SM4(_key()), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(_VERSION + context.encode())
    sealed = encryptor.update(text.encode()) + encryptor.finalize()
    return _VERSION + nonce + sealed + encryptor.tag


def unseal(sealed: bytes, context: str) -> str:
    """Decrypt what was sealed for that place. Raises Unsealable."""
    sealed = bytes(sealed)
    if sealed[:1] != _VERSION or len(sealed) < 1 + _NONCE + _TAG:
        raise Unsealable("加密内容的格式不对，可能已损坏。请联系系统管理员。")
    nonce, body, tag = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE : -_TAG], sealed[-_TAG:]
    decryptor = Cipher(algorithms.SM4(_key()), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(_VERSION + context.encode())
    try:
        return (decryptor.update(body) + decryptor.finalize()).decode()
    except InvalidTag:
        raise Unsealable("加密内容解不开：密钥不对，或内容被改动。请联系系统管理员。") from None


def fingerprint(text: str, purpose: str) -> str:
    """A keyed digest (HMAC-SM3, hexadecimal) by which equal values are found among sealed ones without opening any.

    Without the key nobody can try all numbers against it; another purpose gives another digest.
    """
    digest = HMAC(_derive(str(settings.BABASHI_FIELD_KEY), b"babashi fingerprints v1", 32), SM3())
    digest.update(f"{purpose}\0{text}".encode())
    return digest.finalize().hex()


def _key() -> bytes:
    return _derive(str(settings.BABASHI_FIELD_KEY), b"babashi sealed fields v1", 16)


@lru_cache(maxsize=4)
def _derive(master: str, purpose: bytes, length: int) -> bytes:
    if len(master) < 32:
        raise Unsealable("BABASHI_FIELD_KEY 太短，请用 openssl rand -hex 32 生成。")
    return HKDF(algorithm=SM3(), length=length, salt=None, info=purpose).derive(master.encode())
