"""Who would work on the cases of a pack: posts that nobody holds are said before it is published."""

from babashi.accounts.models import Post, Role
from babashi.rules.pack import Pack


def vacant(pack: Pack) -> list[str]:
    """The posts on the way of the pack's applications that nobody holds, as 区人力社保局“初审”.

    A case would stop there until somebody is appointed. Publicity runs by itself.
    """
    held = set(Post.objects.filter(user__is_active=True).values_list("department__name", "role"))
    wanted = dict.fromkeys(
        (stage.department, stage.role)
        for item in pack.items
        if item.channel == "application"
        for stage in item.process
        if stage.role in Role.values
    )
    return [
        f"{department}“{Role(role).label}”" for department, role in wanted if (department, role) not in held
    ]
