"""What pyproject.toml cannot say: the README with web addresses for paths, which a package index cannot follow."""

import re
import sys
from email import message_from_string
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).parent


def description(root: Path = ROOT) -> str:
    """Return the README as a package index shows it; without its picture where the repository has no address."""
    told = root / "PKG-INFO"
    if told.exists():  # a source distribution, which knows no repository any more
        return message_from_string(told.read_text(encoding="utf-8")).get_payload()
    sys.path.insert(0, str(root))
    from book.build.repository import repository

    text, address = (root / "README.md").read_text(encoding="utf-8"), repository(root)
    files = f'="{address}/raw/HEAD/book/'
    text = re.sub("<picture>.*</picture>", lambda found: found[0].replace('="book/', files) if address else "", text)
    text = re.sub(r"!\[([^]]*)\]\((?!\w+:)([^)]+)\)", rf"![\1]({address}/raw/HEAD/\2)" if address else "", text)
    return re.sub(r"(?<!!)\[([^]]*)\]\((?!\w+:)([^)]+)\)", rf"[\1]({address}/blob/HEAD/\2)" if address else r"\1", text)


setup(long_description=description(), long_description_content_type="text/markdown")
