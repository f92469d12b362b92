"""The addresses of a site without the chat's pages."""

urlpatterns: list[object] = []
