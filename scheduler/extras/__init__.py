"""What a ward can live without: a folder an extra, each with the record of its parts in `feature.py`.

The rest of the station reaches an extra through `scheduler.features` only.
"""

import scheduler.features  # noqa: F401 - first: it reads the records, and each record needs its `Feature`
