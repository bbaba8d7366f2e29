"""A synthetic district: invented enterprises with believable facts, always marked as synthetic."""

from babashi.demo.district import SyntheticEnterprise, averages, enterprises
from babashi.demo.write import write_district

__all__ = ["SyntheticEnterprise", "averages", "enterprises", "write_district"]
