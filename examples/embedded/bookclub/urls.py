"""The addresses of the site. The chat stands at the root, beside the club's own pages."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

urlpatterns = [
    path("club/", TemplateView.as_view(template_name="bookclub/front.html"), name="front"),
    path("accounts/", include("django.contrib.auth.urls")),
    path("admin/", admin.site.urls),
    path("", include("groupchat.urls")),
]
