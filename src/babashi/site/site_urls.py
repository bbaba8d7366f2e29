"""The site's own pages."""

from django.conf import settings
from django.urls import URLPattern, path

from babashi.site import views

app_name = "site"
urlpatterns: list[URLPattern] = [
    path("large-type/", views.large_type, name="large_type"),
    path("desk/", views.desk, name="desk"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
if settings.DEBUG or settings.BABASHI_DEMO:
    urlpatterns.append(path("styleguide", views.styleguide, name="styleguide"))
if settings.BABASHI_DEMO:
    from babashi.site import demo_views

    urlpatterns += [
        path("demo/", demo_views.tour, name="demo_tour"),
        path("demo/clock/", demo_views.clock, name="demo_clock"),
    ]
