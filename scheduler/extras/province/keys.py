"""What the keys of the link to the province must keep together.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Mapping
from typing import Any

from scheduler.config.keys import ProvinceConfig
from scheduler.core.words.wording import sentence
from scheduler.extras.province.rules.link import base_source, clusters_of
from scheduler.kernel.errors import Refused


def faults(parts: Mapping[str, Any]) -> list[str]:
    """Sentences about keys of the link that do not fit together."""
    told: ProvinceConfig = parts.get("province", ProvinceConfig())
    found = []
    if told.url and not (told.username and told.password_file):
        found.append('"province.url" cần có "province.username" và "province.password_file"')
    if not told.trusted_issuers and (told.emergency == "air" or told.priority == "next_session"):
        found.append('"province.trusted_issuers" không được để trống khi bản tin nguồn được phát không cần hỏi')
    try:
        if told.url:
            base_source(told.url, told.allowed_hosts)
        clusters_of(told.clusters)
    except Refused as refused:
        found.append(f'"province": {sentence(refused.reason, refused.details)}')
    return found
