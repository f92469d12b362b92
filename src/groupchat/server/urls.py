"""All addresses of `groupchat serve`."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from groupchat.conf import conf
from groupchat.server import views

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = conf().site_name

urlpatterns = [
    # before allauth's own, to which they lead
    path("accounts/password/reset/", views.lost_password, name="account_reset_password"),
    path("accounts/password/reset/done/", views.lost_password_mailed),
    path("accounts/", include("allauth.urls")),
    # no second door: the admin's own would compare passwords without counting them
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("owner/<str:token>/", views.owner_link, name="owner_link"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("groupchat.urls")),
]

handler400 = "groupchat.web.errors.bad_request"
handler403 = "groupchat.web.errors.permission_denied"
handler404 = "groupchat.web.errors.page_not_found"
handler500 = "groupchat.web.errors.server_error"
