"""py3langid's model, most of it mapped from a file: it is asked about few questions.

Its own loader holds all languages and two copies of a table of 39 MB, of which a question reads
some kilobytes: 100 MiB at the peak and 50 MiB for good, where this takes 28 and 14.
"""

import lzma
import shutil
import tempfile
import zipfile
from collections.abc import Collection
from pathlib import Path

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

MOVES = "nextmove"
"""The large table: where the automaton goes from each state at each byte."""


def load_identifier(languages: Collection[str]) -> LanguageIdentifier:
    """Load the model for some languages alone; it gives probabilities.

    Args:
        languages: ISO 639-1 codes; those that the model does not have are left out.

    Raises:
        OSError, LZMAError, KeyError: the package is damaged, or lays its model out in another way.
    """
    # Where an open file cannot be deleted (Windows), the system clears it away later.
    with tempfile.TemporaryDirectory(prefix="sic-", ignore_cleanup_errors=True) as folder:
        unpacked = Path(folder) / "model.npz"
        with lzma.open(MODEL_DIR / MODEL_FILE) as packed, unpacked.open("wb") as file:
            shutil.copyfileobj(packed, file, length=1 << 20)
        with zipfile.ZipFile(unpacked) as archive:
            moves = np.load(archive.extract(f"{MOVES}.npy", folder), mmap_mode="r")
        with np.load(unpacked, allow_pickle=False) as data:
            codes = data["classes"].tolist()
            kept = [place for place, code in enumerate(codes) if code in languages]
            return LanguageIdentifier(
                data["ptc"][:, kept],
                data["pc"][kept],
                [codes[place] for place in kept],
                np.asarray(moves),
                data["out_feat"].tolist(),
                norm_probs=True,
                tk_row=data["nextmove_row"].tolist(),
            )
