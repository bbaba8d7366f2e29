"""The official calendar and, in demo mode only, the movable day."""

from django.db import models


class CalendarDay(models.Model):
    """One day that the calendar treats otherwise than its weekday: a holiday, or a weekend day worked instead."""

    day = models.DateField("日期", primary_key=True)
    is_workday = models.BooleanField("是否工作日")
    name = models.CharField("名称", max_length=40, blank=True)
    source = models.CharField("来源", max_length=200)

    class Meta:
        ordering = ["day"]


class CalendarYear(models.Model):
    """A year whose holidays have been announced; deadlines reaching beyond the last one are provisional (暂定)."""

    year = models.PositiveSmallIntegerField("年度", primary_key=True)
    source = models.CharField("来源", max_length=200)


class DemoDay(models.Model):
    """The day on which the demo stands: a single row, never present outside demo mode."""

    singleton = models.BooleanField(primary_key=True, default=True)
    day = models.DateField("演示日期")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(singleton=True), name="demo_day_single")]
