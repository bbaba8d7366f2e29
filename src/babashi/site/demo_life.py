"""The weeks before the demo's first day: stories that act on believable working days, with the one clock held there.

A story is a generator. It does something through a service function and yields how many working days pass until it
goes on. The nights between run the same jobs as everywhere, so publicity ends and payments are ordered by themselves.
"""

import datetime as dt
from collections.abc import Iterator
from heapq import heappop, heappush

from babashi.demo.draws import Draws
from babashi.site.due import run_due_jobs
from babashi.workdays.calendar import is_workday
from babashi.workdays.clock import ZONE, frozen

Story = Iterator[int]
DAYS = 59
"""With a start on 1 September: from Monday, 4 July, so that all of it lies in one quarter."""
NIGHT = dt.time(0, 5)
MORNING = dt.time(8, 30)
FIRST_MINUTE, LAST_MINUTE = 9 * 60, 17 * 60


class Life:
    """The working days that lie before ``today``, and what happens on them."""

    def __init__(self, today: dt.date) -> None:
        self.first = today - dt.timedelta(days=DAYS)
        self.last = today - dt.timedelta(days=1)
        self.draws = Draws(f"life/{today.isoformat()}")
        self._stories: list[tuple[dt.datetime, int, Story]] = []
        self._told = 0
        days = (self.first + dt.timedelta(days=n) for n in range(DAYS))
        self.workdays = [day for day in days if is_workday(day)]

    @property
    def opening(self) -> dt.datetime:
        """The first morning, before anybody comes."""
        return dt.datetime.combine(self.first, MORNING, ZONE)

    def begin(self, story: Story, *, before_end: int) -> None:
        """A story begins so many working days before the last one (on the first one at the earliest)."""
        index = max(1, len(self.workdays) - 1 - before_end)
        self._queue(story, self._moment(self.workdays[index]))

    def follow(self, story: Story, after: dt.datetime, days: int) -> None:
        """A story that another one starts, ``days`` working days later."""
        later = self._later(after, days)
        if later is not None:
            self._queue(story, later)

    def live(self) -> None:
        """Go from the first to the last day. What has not ended by then is where it is."""
        worked = set(self.workdays)
        for number in range(1, DAYS):
            day = self.first + dt.timedelta(days=number)
            if day - dt.timedelta(days=1) in worked:  # after a day off nothing new is due
                with frozen(dt.datetime.combine(day, NIGHT, ZONE)):
                    run_due_jobs(day).require_whole()
            while self._stories and self._stories[0][0].date() == day:
                moment, _, story = heappop(self._stories)
                with frozen(moment):
                    days = next(story, None)
                if days is not None:
                    self.follow(story, moment, days)

    def _queue(self, story: Story, moment: dt.datetime) -> None:
        self._told += 1
        heappush(self._stories, (moment, self._told, story))

    def _later(self, moment: dt.datetime, days: int) -> dt.datetime | None:
        """A moment so many working days later; soon after on the same day for none; ``None``: after the end."""
        if days == 0:
            return moment + dt.timedelta(minutes=self.draws.between(3, 40))
        later = [day for day in self.workdays if day > moment.date()]
        return self._moment(later[days - 1]) if len(later) >= days else None

    def _moment(self, day: dt.date) -> dt.datetime:
        minute = self.draws.between(FIRST_MINUTE, LAST_MINUTE)
        time = dt.time(minute // 60, minute % 60, self.draws.below(60))
        return dt.datetime.combine(day, time, ZONE)
