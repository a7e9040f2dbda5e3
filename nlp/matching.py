"""What a typed company or place means: the two matchers of the conversation in one place."""

from nlp.companies import (
    CompanyCandidate,
    CompanyIndex,
    CompanyMatch,
    index_companies,
    match_company,
)
from nlp.regions import Region, RegionMatch, match_region, region_of, timezone_of

__all__ = [
    "CompanyCandidate",
    "CompanyIndex",
    "CompanyMatch",
    "Region",
    "RegionMatch",
    "index_companies",
    "match_company",
    "match_region",
    "region_of",
    "timezone_of",
]
