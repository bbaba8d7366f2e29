"""Appends messages to a file a day, as JSON lines: the demo's stand-in for a text-message gateway.

The times in it are the machine's own, not the demo's: it is a log of what left the platform."""

import fcntl
import json
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from babashi.outreach.channels.base import Channel, DeliveryFailed, Letter


class FileChannel(Channel):
    name = "file"
    label = "短信（写入文件）"
    contact = "phone"

    def send(self, letter: Letter) -> None:
        folder = Path(settings.DATA_DIR) / "outbox"
        line = json.dumps(
            {
                "reference": letter.reference,
                "at": timezone.localtime().isoformat(timespec="seconds"),
                "to": letter.address,
                "subject": letter.subject,
                "body": letter.body,
            },
            ensure_ascii=False,
        )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"{timezone.localdate():%Y-%m-%d}.jsonl").open("a", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(line + "\n")
        except OSError as error:
            raise DeliveryFailed(f"写不进文件：{error.strerror}") from error
